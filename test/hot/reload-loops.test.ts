import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LoadReport, PluginHost } from "@plugo/node";
import { loadFrom } from "../support/load.ts";
import { nextReport } from "../support/next-report.ts";
import { createFolder, plugin, tracingPlugin } from "../support/plugin-folder.ts";

const live = { hotReload: true } as const;
const isLoop = ({ problems }: LoadReport): boolean => problems.some(({ code }) => code === "PLUGO_RELOAD_LOOP");

/** Code that writes something else to a file of the plugin's folder each time `initPlugin` runs. */
function writingPlugin(path: string, text: string, { label = "", end = "" } = {}): string {
  return `import { writeFileSync } from "node:fs"; import { join } from "node:path";
    export function initPlugin({ log }: any, plugin: any) {
      log.push("init");
      writeFileSync(join(plugin.path, ${JSON.stringify(path)}), ${text});
      ${end}
      return { label: ${JSON.stringify(label)} };
    }`;
}

interface Written {
  readonly log: string[];
  readonly host: PluginHost;
}

/** Holds that a plugin that has come to its end is not started again, whatever else happens. */
async function assertQuiet({ log, host }: Written, reports: readonly LoadReport[]): Promise<void> {
  const { length } = log;
  await host.settled();
  await host.settled();
  assert.equal(log.length, length);
  assert.equal(reports.filter(isLoop).length, 1);
}

describe("a plugin that writes what it is made from when it starts", () => {
  const kinds = {
    "a file that it has watched": {
      files: plugin("a", writingPlugin("data/seen.json", "String(log.length)"), { watch: ["data/**"] }),
      path: "a/data/seen.json",
    },
    "a module that it imports": {
      files: plugin("a", `import "./built.ts"; ${writingPlugin("built.ts", "`export const built = ${log.length};`")}`),
      path: "a/built.ts",
    },
  };
  for (const [title, { files, path }] of Object.entries(kinds)) {
    test(`is not reloaded for ever for ${title}`, async () => {
      const log: string[] = [];
      using folder = createFolder({ [path]: "export {};", ...files });
      await using host = await loadFrom(folder, { ...live, context: { log } });
      const reports: LoadReport[] = [];
      host.on("change", (report) => void reports.push(report));
      const { problems } = await nextReport(host, isLoop);
      assert.ok(log.length <= 5, `${log.length} times`);
      const [problem] = problems;
      assert.equal(problem?.plugin, "a");
      assert.ok(problem.message.includes(path), problem.message);
      await assertQuiet({ log, host }, reports);

      // What somebody else writes there counts.
      const { length } = log;
      let change = nextReport(host);
      folder.write({ [path]: "export const mine = 1;" });
      assert.deepEqual((await change).loaded, ["a"]);
      assert.equal(log.length, length + 1);
      await assertQuiet({ log, host }, reports);

      // So does another file of the plugin.
      change = nextReport(host);
      folder.write({ "a/plugin.ts": `${files["a/plugin.ts"] as string}\n// edited` });
      assert.deepEqual((await change).loaded, ["a"]);
      assert.equal(log.length, length + 2);
      await assertQuiet({ log, host }, reports);
    });
  }

  test("is not tried for ever when it fails, and is when it is mended", async () => {
    const log: string[] = [];
    const failing = writingPlugin("seen.json", "String(log.length)", { end: `throw new Error("no");` });
    using folder = createFolder(plugin("a", failing));
    await using host = await loadFrom(folder, { ...live, context: { log } });
    const reports: LoadReport[] = [];
    host.on("change", (report) => void reports.push(report));
    await nextReport(host, isLoop);
    assert.ok(log.length <= 6, `${log.length} times`);
    await assertQuiet({ log, host }, reports);
    const change = nextReport(host);
    folder.write(plugin("a", tracingPlugin("mended")));
    await change;
    assert.deepEqual(host.get("a"), { label: "mended" });
  });

  test("is followed as before once it does so no more", async () => {
    const log: string[] = [];
    using folder = createFolder({
      ...plugin("a", writingPlugin("seen.json", "String(log.length)"), { watch: ["*.json"] }),
      "a/seen.json": "0",
    });
    await using host = await loadFrom(folder, { ...live, context: { log } });
    await nextReport(host, isLoop);
    await host.settled();
    folder.write(plugin("a", tracingPlugin("good"), { watch: ["*.json"] }));
    await host.settled();
    assert.deepEqual(host.get("a"), { label: "good" });
    const loop = nextReport(host, isLoop);
    folder.write(plugin("a", writingPlugin("seen.json", "String(log.length)"), { watch: ["*.json"] }));
    await loop;
  });
});

describe("a person who saves quickly", () => {
  test("is not taken for the plugin, when each save follows at once on the change before", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("0"), { watch: ["*.txt"] }));
    const reports: LoadReport[] = [];
    await using host = await loadFrom(folder, { hotReload: { debounceMs: 5 }, context: { log: [] } });
    await host.settled();
    host.on("change", (report) => void reports.push(report));
    for (let number = 1; number <= 15; number += 1) {
      const change = nextReport(host);
      folder.write({ "a/notes.txt": String(number) });
      assert.deepEqual((await change).loaded, ["a"]);
    }
    for (let number = 1; number <= 15; number += 1) {
      folder.write(plugin("a", tracingPlugin(String(number)), { watch: ["*.txt"] }));
      await host.settled();
      assert.deepEqual(host.get("a"), { label: String(number) });
    }
    assert.ok(!reports.some(isLoop));
  });

  test("may save again and again while a plugin takes long to start", async () => {
    const slow = (label: number): string => `export async function initPlugin({ begun }: any) {
      begun(${label});
      await new Promise((resolve) => setTimeout(resolve, 520));
      return ${label};
    }`;
    using folder = createFolder(plugin("a", slow(0)));
    let saves = 0;
    const begun = (label: number): void => {
      if (label !== saves || saves === 5) return;
      saves += 1;
      folder.write(plugin("a", slow(saves)));
    };
    await using host = await loadFrom(folder, { ...live, context: { begun } });
    const reports: LoadReport[] = [];
    host.on("change", (report) => void reports.push(report));
    await nextReport(host, () => host.get("a") === 5);
    assert.ok(!reports.some(isLoop));
  });
});

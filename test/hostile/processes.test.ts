import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { runInChild, runToEnd } from "../faults/run-child.ts";
import { codes, loadFrom } from "../support/load.ts";
import { createFolder, plugin, type Files, type TestFolder } from "../support/plugin-folder.ts";

const count = 40;
const load = `
  const host = await plugo.loadPlugins({ pluginDirectory: "plugins", logger: quiet, env: {}, plugins: [] });
  const apis = [...host.loaded].map((name) => host.get(name));
  const faults = [host.report.problems.length, lines.filter((line) => /^(?:warn|error)/.test(line))];
  await host.close();
  return { apis, faults };
`;
const expected = { apis: Array.from({ length: count }, (_, at) => `api ${at}`).toSorted(), faults: [0, []] };

function application(): TestFolder {
  const each = (at: number): Files =>
    plugin(`plugins/p${at}`, `const at: number = ${at};\nexport const initPlugin = (): string => "api " + at;`);
  return createFolder(Object.assign({}, ...Array.from({ length: count }, (_, at) => each(at))) as Files);
}

function cacheFile(folder: TestFolder): string {
  const [name = assert.fail("no cache"), ...more] = readdirSync(folder.at(".plugo/cache"));
  assert.deepEqual(more, [], "one file, and nothing left over");
  return folder.at(`.plugo/cache/${name}`);
}

async function loadsAll(folder: TestFolder): Promise<void> {
  const { value } = await runInChild(load, { cwd: folder.path });
  assert.deepEqual({ ...value, apis: value.apis.toSorted() }, expected);
}

describe("the transform cache", () => {
  test("serves four processes that start at once on a cold cache, and the next one", async () => {
    using folder = application();
    await Promise.all(Array.from({ length: 4 }, () => loadsAll(folder)));
    cacheFile(folder);
    await loadsAll(folder);
  });

  test("serves the start after a process that was killed in the middle of its write", async () => {
    using folder = application();
    const before = `
      import { syncBuiltinESMExports } from "node:module";
      const append = fs.appendFileSync;
      fs.appendFileSync = (file, data) => {
        append(file, data.subarray(0, data.length / 2));
        process.kill(process.pid, "SIGKILL");
      };
      syncBuiltinESMExports();
    `;
    const killed = await runToEnd(load, { cwd: folder.path, before });
    assert.equal(killed.signal, "SIGKILL");
    const torn = readFileSync(cacheFile(folder));
    assert.ok(torn.length > 100);
    await loadsAll(folder);
    assert.ok(readFileSync(cacheFile(folder)).length > torn.length, "what was torn is written again");
    await loadsAll(folder);
  });

  test("serves the start on a file that ends anywhere, or has any byte changed", async () => {
    using folder = application();
    await loadsAll(folder);
    const file = cacheFile(folder);
    const whole = readFileSync(file);
    const { value } = await runInChild(
      `const whole = fs.readFileSync(args.file);
      const seen = [];
      const attempt = async (content) => {
        fs.writeFileSync(args.file, content);
        const { apis, faults } = await (async () => { ${load} })();
        seen.push(JSON.stringify([apis.toSorted(), faults]));
      };
      for (let at = 0; at <= 40; at += 1) await attempt(whole.subarray(0, Math.floor((whole.length * at) / 40)));
      for (let at = 0; at < 80; at += 1) {
        const changed = Buffer.from(whole);
        const place = at < 24 ? at : Math.floor((whole.length * at) / 80);
        changed[place] ^= 1 + (at % 255);
        await attempt(changed);
      }
      return [...new Set(seen)];`,
      { cwd: folder.path, args: { file } },
    );
    assert.deepEqual(value, [JSON.stringify([expected.apis, expected.faults])]);
    writeFileSync(file, whole);
  });
});

describe("a plugin", () => {
  const run = `
    const host = await plugo.loadPlugins({ pluginDirectory: "plugins", logger: quiet, env: {}, plugins: [] });
    process.on("uncaughtException", (error) => lines.push("uncaught " + error?.message));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await host.close();
    return lines.filter((line) => !line.startsWith("info"));
  `;

  for (const [name, code] of [
    ["timeout", `setTimeout(() => { throw new Error("late"); }, 0);`],
    ["interval", `const timer = setInterval(() => { clearInterval(timer); throw new Error("late"); }, 1);`],
    ["immediate", `setImmediate(() => { throw new Error("late"); });`],
  ] as const) {
    test(`whose ${name} throws is named in a line before Node's uncaughtException`, async () => {
      using folder = createFolder(plugin("plugins/odd", `export function initPlugin() {\n  ${code}\n}`));
      const { value } = await runInChild(run, { cwd: folder.path });
      assert.equal(value.length, 2, value.join("\n"));
      assert.match(value[0], /^error \[odd\] a timer threw: Error: late\n.*plugin\.ts:2:/);
      assert.equal(value[1], "uncaught late");
    });
  }

  test("that ends the process ends it, with its own code", async () => {
    using folder = createFolder(plugin("plugins/odd", `export function initPlugin() { process.exit(7); }`));
    assert.equal((await runToEnd(run, { cwd: folder.path })).code, 7);
  });

  test("that leaves nothing running lets the process end without close", async () => {
    using folder = createFolder(plugin("plugins/odd", `export function initPlugin() {}`));
    const body = `await plugo.loadPlugins({ pluginDirectory: "plugins", logger: quiet, env: {}, plugins: [] });`;
    assert.equal((await runInChild(body, { cwd: folder.path })).code, 0);
  });

  for (const [when, code] of [
    ["initPlugin", `rmSync(plugin.path, { recursive: true });`],
    ["an undo", `plugin.defer(() => rmSync(plugin.path, { recursive: true, force: true }));`],
    ["its module", ""],
  ] as const) {
    test(`that deletes its own folder in ${when} runs until the next look at the disk`, async () => {
      const top = when === "its module" ? `rmSync(import.meta.dirname, { recursive: true });` : "";
      using folder = createFolder({
        ...plugin(
          "odd",
          `import { rmSync } from "node:fs"; ${top}\nexport function initPlugin(_: object, plugin: any) { ${code} return 1; }`,
        ),
        ...plugin("healthy", `export const initPlugin = () => 1;`),
      });
      await using host = await loadFrom(folder);
      assert.deepEqual([...host.loaded], ["healthy", "odd"]);
      await host
        .reload("odd")
        .catch(({ code: reason }: { code: string }) => assert.equal(reason, "PLUGO_UNKNOWN_PLUGIN"));
      await host.reload();
      assert.deepEqual([...host.loaded], ["healthy"]);
      assert.deepEqual(codes(host), []);
    });
  }
});

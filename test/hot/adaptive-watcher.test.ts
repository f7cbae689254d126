import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import path from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { createFolder, plugin, tracingPlugin } from "../support/plugin-folder.ts";

const root = path.resolve(import.meta.dirname, "../../..");

/** Runs code in a process of its own, by way of a shell; it must end by itself. Gives the JSON that it printed. */
async function runAlone(code: string, folder: string, shell = `exec "$@"`): Promise<any> {
  const node = [process.execPath, "--input-type=module", "--eval", code, folder];
  const [command = "", ...args] = process.platform === "win32" ? node : ["sh", "-c", shell, "sh", ...node];
  const { stdout } = await promisify(execFile)(command, args, { cwd: root, timeout: 60_000 });
  return JSON.parse(stdout);
}

/** A host, its warnings, and `next`, which acts and waits for the report of the change. */
const setUp = `
  import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
  import { createHook } from "node:async_hooks";
  import { loadPlugins } from "@plugo/node";
  const folder = process.argv.at(-1);
  const warnings = [];
  let onInfo = () => {};
  let onWarn = () => {};
  const logger = {
    debug() {}, error: (line) => void warnings.push(line), info: (line) => void onInfo(line),
    warn: (line) => { warnings.push(line); onWarn(line); },
  };
  const load = () => loadPlugins({ pluginDirectory: folder, context: { log: [] }, logger, env: {}, plugins: [], hotReload: true });
  const next = (host, act, isAwaited) => new Promise((resolve) => {
    const alive = setInterval(() => {}, 60_000);
    const listening = host.on("change", () => {
      if (!isAwaited()) return;
      listening[Symbol.dispose]();
      clearInterval(alive);
      resolve();
    });
    act();
  });
  const code = (label) => ${JSON.stringify(tracingPlugin("LABEL"))}.replaceAll("LABEL", label);
  const add = (name, label) => {
    mkdirSync(folder + "/" + name);
    writeFileSync(folder + "/" + name + "/metadata.json", "{}");
    writeFileSync(folder + "/" + name + "/plugin.ts", code(label));
  };
`;

/** Everything that a host follows, beginning with a save right after the load. */
const followed = `
  const seen = [];
  const is = (name, label) => () => host.loaded.has(name) && host.get(name).label === label;
  await next(host, () => writeFileSync(folder + "/a/plugin.ts", code("a2")), is("a", "a2"));
  seen.push("save");
  await next(host, () => add("new", "n1"), is("new", "n1"));
  seen.push("new folder");
  await next(host, () => renameSync(folder + "/new", folder + "/renamed"), () => is("renamed", "n1")() && !host.loaded.has("new"));
  seen.push("renamed folder");
  await next(host, () => writeFileSync(folder + "/renamed/plugin.ts", code("n2")), is("renamed", "n2"));
  seen.push("save in it");
  await next(host, () => rmSync(folder + "/a", { recursive: true }), () => !host.loaded.has("a"));
  seen.push("removed folder");
  console.log(JSON.stringify({ seen, warnings }));
`;

const everything = ["save", "new folder", "renamed folder", "save in it", "removed folder"];

function assertPolled({ seen, warnings }: { seen: string[]; warnings: string[] }, reason: RegExp): void {
  assert.deepEqual(seen, everything);
  assert.equal(warnings.length, 1, warnings.join("\n"));
  assert.match(warnings[0] ?? "", /PLUGO_WATCH_REFUSED/);
  assert.match(warnings[0] ?? "", reason);
}

/** What only some systems can be made to do. */
const canLimitHandles = process.platform !== "win32";
/** A limit of its own for the watches of one process: Linux, where a user may make a namespace. */
const limitWatches = (count: number): string[] => [
  "unshare",
  "--user",
  "--map-root-user",
  "sh",
  "-c",
  `echo ${count} > /proc/sys/user/max_inotify_watches && exec "$@"`,
  "sh",
];
const canLimitWatches = ((): boolean => {
  const [command, ...args] = [...limitWatches(100), "true"];
  return process.platform === "linux" && spawnSync(command, args).status === 0;
})();
const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");

describe("AdaptiveWatcher", () => {
  test("hears of everything by events where the system lets it, without a warning", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    const result = await runAlone(`${setUp} const host = await load(); ${followed}`, folder.path);
    assert.deepEqual(result, { seen: everything, warnings: [] });
  });

  if (canLimitHandles) {
    test("polls, with one warning, when the process has no file handle left at the start", async () => {
      using folder = createFolder(plugin("a", tracingPlugin("a1")));
      const exhaust = `
        const handles = [];
        onInfo = (line) => {
          if (!line.startsWith("watching")) return;
          try { for (;;) handles.push(openSync("/dev/null")); } catch {}
        };
        const warned = new Promise((resolve) => (onWarn = resolve));
        const host = await load();
        await warned;
        for (const handle of handles) closeSync(handle);
      `;
      const result = await runAlone(`${setUp} ${exhaust} ${followed}`, folder.path, `ulimit -n 200; exec "$@"`);
      assertPolled(result, /EMFILE|too many/i);
    });
  }

  if (canLimitWatches) {
    test("polls, with one warning, when there are more folders than the system watches", async () => {
      using folder = createFolder(plugin("a", tracingPlugin("a1")));
      for (let number = 0; number < 20; number += 1) folder.write({ [`b${number}/notes.txt`]: "x" });
      const shell = `exec ${quoted(limitWatches(10))} "$@"`;
      assertPolled(await runAlone(`${setUp} const host = await load(); ${followed}`, folder.path, shell), /ENOSPC/);
    });

    test("polls, with one warning, when new folders are too many, and misses none of them", async () => {
      using folder = createFolder(plugin("a", tracingPlugin("a1")));
      const grow = `
        const host = await load();
        await host.settled();
        const names = Array.from({ length: 20 }, (_, number) => "b" + number);
        await next(host, () => names.forEach((name) => add(name, name)), () => names.every((name) => host.loaded.has(name)));
      `;
      const shell = `exec ${quoted(limitWatches(10))} "$@"`;
      assertPolled(await runAlone(`${setUp} ${grow} ${followed}`, folder.path, shell), /ENOSPC/);
    });
  }

  test("leaves no watcher, timer or listener of the process behind when the host closes", async () => {
    using folder = createFolder({ ...plugin("a", tracingPlugin("a1")), "a/deep/notes.txt": "x" });
    const close = `
      const open = new Map();
      createHook({
        init: (id, type) => void (/^(FSEVENTWRAP|Timeout)$/.test(type) && open.set(id, type)),
        destroy: (id) => void open.delete(id),
      }).enable();
      const listeners = () => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
      const turns = async () => { for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve)); };
      await turns();
      const before = [listeners(), process.getActiveResourcesInfo()];
      const host = await load();
      await host.settled();
      const watching = [...open.values()].filter((type) => type === "FSEVENTWRAP").length;
      await next(host, () => writeFileSync(folder + "/a/plugin.ts", code("a2")), () => true);
      // A burst is waiting when it closes.
      writeFileSync(folder + "/a/plugin.ts", code("a3"));
      await turns();
      await host.close();
      await turns();
      console.log(JSON.stringify({ watching, left: [...open.values()], before, after: [listeners(), process.getActiveResourcesInfo()] }));
    `;
    const { watching, left, before, after } = await runAlone(`${setUp} ${close}`, folder.path);
    // The directory, the plugin's folder and the one in it, and each folder above, which may be replaced.
    assert.equal(watching, 3 + folder.path.split(path.sep).length - 1);
    assert.deepEqual(left, []);
    assert.deepEqual(after, before);
  });
});

describe("a process with hot reload on", () => {
  test("ends by itself when it has nothing else to do", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    const load = `const host = await load(); await host.settled(); console.log(JSON.stringify([...host.loaded]));`;
    assert.deepEqual(await runAlone(`${setUp} ${load}`, folder.path), ["a"]);
  });
});

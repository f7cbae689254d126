import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import type { LoadReport, PluginHost } from "@plugo/node";
import { loadFrom } from "../support/load.ts";
import { nextReport } from "../support/next-report.ts";
import { createFolder, plugin, tracingPlugin, type TestFolder } from "../support/plugin-folder.ts";

/** Long enough that a busy machine does not tear one save in two. */
const live = { hotReload: { debounceMs: 150 } } as const;

/** One way to save: what an editor or a tool does, step by step. The event loop turns where it yields. */
type Save = (file: string, content: string) => Generator<undefined, void, undefined> | void;

const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

const saves: Record<string, Save> = {
  "writing in place": (file, content) => writeFileSync(file, content),
  "truncating, then writing in two parts": function* save(file, content) {
    const handle = openSync(file, "r+");
    ftruncateSync(handle);
    yield;
    writeSync(handle, content.slice(0, 10));
    yield;
    writeSync(handle, content.slice(10));
    closeSync(handle);
  },
  "a temporary file and a rename": function* save(file, content) {
    writeFileSync(`${file}.vsctmp`, content);
    yield;
    renameSync(`${file}.vsctmp`, file);
  },
  "sed -i": function* save(file, content) {
    const script = content.split("\n").join("\\\n");
    // BSD's sed wants a suffix; without sed, what GNU's does.
    if (process.platform === "linux" && has("sed")) return void execFileSync("sed", ["-i", `1,$c\\\n${script}`, file]);
    const temporary = join(dirname(file), "sedA1b2C3");
    writeFileSync(temporary, content);
    yield;
    renameSync(temporary, file);
  },
  "vim: a probe, a backup by rename, a new file": function* save(file, content) {
    const probe = join(dirname(file), "4913");
    writeFileSync(join(dirname(file), `.${basename(file)}.swp`), "swap");
    writeFileSync(probe, "");
    unlinkSync(probe);
    yield;
    renameSync(file, `${file}~`);
    yield;
    writeFileSync(file, content);
    yield;
    unlinkSync(`${file}~`);
    unlinkSync(join(dirname(file), `.${basename(file)}.swp`));
  },
  "JetBrains: a safe write": function* save(file, content) {
    writeFileSync(`${file}___jb_tmp___`, content);
    yield;
    renameSync(file, `${file}___jb_old___`);
    yield;
    renameSync(`${file}___jb_tmp___`, file);
    yield;
    unlinkSync(`${file}___jb_old___`);
  },
  "deleting and creating": function* save(file, content) {
    unlinkSync(file);
    yield;
    writeFileSync(file, content);
  },
  "emacs: a lock, an automatic save, a backup by rename": function* save(file, content) {
    const lock = join(dirname(file), `.#${basename(file)}`);
    const automatic = join(dirname(file), `#${basename(file)}#`);
    symlinkSync("somebody@somewhere.1234:5678", lock);
    writeFileSync(automatic, "export half");
    yield;
    renameSync(file, `${file}~`);
    writeFileSync(file, content);
    yield;
    unlinkSync(automatic);
    unlinkSync(lock);
    unlinkSync(`${file}~`);
  },
  rsync: function* save(file, content) {
    using source = createFolder({ [basename(file)]: content });
    if (has("rsync")) return void execFileSync("rsync", ["-a", source.at(basename(file)), file]);
    const temporary = join(dirname(file), `.${basename(file)}.x7Kq2Z`);
    writeFileSync(temporary, content);
    yield;
    renameSync(temporary, file);
  },
};

async function saveBy(save: Save, file: string, content: string): Promise<void> {
  for (const _ of save(file, content) ?? []) await new Promise((resolve) => setImmediate(resolve));
}

/** Every report of a host from now on. */
function keepReports(host: PluginHost): readonly LoadReport[] {
  const reports: LoadReport[] = [];
  host.on("change", (report) => void reports.push(report));
  return reports;
}

function isLabel(host: PluginHost, name: string, label: string): boolean {
  return host.loaded.has(name) && host.get<{ label: string }>(name).label === label;
}

describe("hot reload, by the habits of editors and tools,", () => {
  for (const [title, save] of Object.entries(saves)) {
    test(`takes each save by ${title} for one change`, async () => {
      const log: string[] = [];
      using folder = createFolder({ ...plugin("a", tracingPlugin("a1")), ...plugin("b", tracingPlugin("b")) });
      await using host = await loadFrom(folder, { ...live, context: { log } });
      await host.settled();
      const reports = keepReports(host);
      for (const label of ["a2", "a3", "a4"]) {
        const change = nextReport(host);
        await saveBy(save, folder.at("a/plugin.ts"), tracingPlugin(label));
        assert.deepEqual((await change).loaded, ["a"]);
        assert.deepEqual(host.get("a"), { label });
      }
      await host.settled();
      assert.equal(reports.length, 3);
      assert.deepEqual(
        log.filter((line) => line.startsWith("init")),
        ["init a1", "init b", "init a2", "init a3", "init a4"],
      );
    });
  }

  test("takes a renamed folder for another plugin, and goes on following it", async () => {
    using folder = createFolder({
      ...plugin("a", `export { initPlugin } from "./deep/code.ts";`),
      "a/deep/code.ts": tracingPlugin("a1"),
    });
    await using host = await loadFrom(folder, { ...live, context: { log: [] } });
    await host.settled();
    let change = nextReport(host, () => host.loaded.has("z") && !host.loaded.has("a"));
    renameSync(folder.at("a"), folder.at("z"));
    await change;
    for (const label of ["z2", "z3"]) {
      change = nextReport(host);
      writeFileSync(folder.at("z/deep/code.ts"), tracingPlugin(label));
      await change;
      assert.deepEqual(host.get("z"), { label });
    }
  });

  test("takes a folder that is deployed by renaming for one change, again and again", async () => {
    const log: string[] = [];
    const code = `export { initPlugin } from "./deep/code.ts";`;
    using folder = createFolder({ ...plugin("live/a", code), "live/a/deep/code.ts": tracingPlugin("1") });
    await using host = await loadFrom(folder, { ...live, pluginDirectory: folder.at("live"), context: { log } });
    await host.settled();
    for (const label of ["2", "3"]) {
      folder.write({ ...plugin("next/a", code), "next/a/deep/code.ts": tracingPlugin(label) });
      let change = nextReport(host);
      renameSync(folder.at("live/a"), folder.at(`old${label}`));
      renameSync(folder.at("next/a"), folder.at("live/a"));
      assert.deepEqual((await change).loaded, ["a"]);
      assert.deepEqual(host.get("a"), { label });
      change = nextReport(host);
      writeFileSync(folder.at("live/a/deep/code.ts"), tracingPlugin(`${label} edited`));
      await change;
      assert.deepEqual(host.get("a"), { label: `${label} edited` });
    }
    await host.settled();
    assert.equal(log.filter((line) => line.startsWith("init")).length, 5);
  });

  test("comes to the state of a git checkout of many files", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `plugin_${String(index).padStart(2, "0")}`);
    const filesOf = (label: string): object =>
      Object.assign(
        {},
        ...names.map((name) => ({
          ...plugin(name, `export { initPlugin } from "./code.ts";`),
          [`${name}/code.ts`]: tracingPlugin(label),
        })),
      );
    using folder = createFolder({ ...filesOf("old") });
    const identity = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false"];
    const git = (...args: string[]): Promise<unknown> =>
      promisify(execFile)("git", [...identity, ...args], { cwd: folder.path });
    await git("init", "--quiet", "--initial-branch=main");
    await git("add", ".");
    await git("commit", "--quiet", "-m", "old");
    await git("checkout", "--quiet", "-b", "other");
    folder.write({ ...filesOf("new"), ...plugin("added", tracingPlugin("new")) });
    await git("add", ".");
    await git("commit", "--quiet", "-m", "new");
    await git("checkout", "--quiet", "main");

    await using host = await loadFrom(folder, { ...live, context: { log: [] } });
    await host.settled();
    const reports = keepReports(host);
    let done = nextReport(host, () => [...names, "added"].every((name) => isLabel(host, name, "new")));
    await git("checkout", "--quiet", "other");
    await done;
    done = nextReport(host, () => names.every((name) => isLabel(host, name, "old")) && !host.loaded.has("added"));
    await git("checkout", "--quiet", "main");
    await done;
    await host.settled();
    assert.ok(reports.length <= 8, `${reports.length} reports`);
    assert.deepEqual([...host.loaded], names);
    assert.ok(host.snapshot().plugins.every(({ problem }) => problem === null));
  });

  test("makes few changes of a burst of saves, and the last one wins", async () => {
    const log: string[] = [];
    using folder = createFolder(plugin("a", tracingPlugin("a0")));
    await using host = await loadFrom(folder, { ...live, context: { log } });
    await host.settled();
    const reports = keepReports(host);
    const done = nextReport(host, () => isLabel(host, "a", "a50"));
    for (let number = 1; number <= 50; number += 1) {
      await writeFile(folder.at("a/plugin.ts"), tracingPlugin(`a${number}`));
    }
    await done;
    assert.ok(reports.length <= 5, `${reports.length} reports`);
    assert.ok(log.filter((line) => line.startsWith("init")).length <= 6, log.join());
  });

  test("reloads again and again while saves never pause", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("0")));
    await using host = await loadFrom(folder, { ...live, context: { log: [] } });
    await host.settled();
    let number = 0;
    const served: number[] = [];
    const saving = setInterval(() => {
      number += 1;
      renameNew(folder, "a/plugin.ts", tracingPlugin(String(number)));
    }, 10);
    try {
      for (let change = 0; change < 2; change += 1) {
        await nextReport(host);
        served.push(Number(host.get<{ label: string }>("a").label));
      }
    } finally {
      clearInterval(saving);
    }
    const [first = 0, second = 0] = served;
    assert.ok(0 < first && first < second && second <= number, `${served.join()} of ${number}`);
    // A hundred saves take a second: neither was put off until there was a pause, nor made for each of them.
    assert.ok(first > 10, `the first change came after ${first} saves`);
    assert.ok(second - first > 10, `the second change came ${second - first} saves later`);
  });

  test("follows a config that is mounted as a link through a link, as Kubernetes does", async () => {
    using folder = createFolder({
      ...plugin("plugins/a", `export function initPlugin(_: object, { config }: any) { return config; }`),
    });
    const mount = (number: number): void => {
      const name = `..2026_11_24_0${number}`;
      const config = { plugins: [{ name: "a", enabled: true, config: { number } }] };
      folder.write({ [`etc/${name}/plugins_config.json`]: config });
      symlinkSync(name, folder.at("etc/..data_tmp"), "dir");
      renameSync(folder.at("etc/..data_tmp"), folder.at("etc/..data"));
      if (number > 1) rmSync(folder.at(`etc/..2026_11_24_0${number - 1}`), { recursive: true });
    };
    mount(1);
    symlinkSync("..data/plugins_config.json", folder.at("etc/plugins_config.json"));
    const options = { pluginDirectory: folder.at("plugins"), configPath: folder.at("etc/plugins_config.json") };
    await using host = await loadFrom(folder, { ...live, ...options });
    await host.settled();
    assert.deepEqual(host.get("a"), { number: 1 });
    for (const number of [2, 3, 4]) {
      const change = nextReport(host);
      mount(number);
      assert.equal((await change).trigger, "config");
      assert.deepEqual(host.get("a"), { number });
    }
  });

  test("follows a config that is a link, where it leads and where it is turned to", async () => {
    const config = (number: number): object => ({ plugins: [{ name: "a", enabled: true, config: { number } }] });
    using folder = createFolder({
      ...plugin("plugins/a", `export function initPlugin(_: object, { config }: any) { return config; }`),
      "one/config.json": config(1),
      "two/config.json": config(1),
      "app/other.json": {},
    });
    symlinkSync(folder.at("one/config.json"), folder.at("app/plugins_config.json"));
    const options = { pluginDirectory: folder.at("plugins"), configPath: folder.at("app/plugins_config.json") };
    await using host = await loadFrom(folder, { ...live, ...options });
    await host.settled();
    let change = nextReport(host);
    folder.write({ "one/config.json": config(2) });
    await change;
    assert.deepEqual(host.get("a"), { number: 2 });
    change = nextReport(host);
    symlinkSync(folder.at("two/config.json"), folder.at("app/turned"));
    renameSync(folder.at("app/turned"), folder.at("app/plugins_config.json"));
    await change;
    assert.deepEqual(host.get("a"), { number: 1 });
    for (const number of [3, 4]) {
      change = nextReport(host);
      renameNew(folder, "two/config.json", JSON.stringify(config(number)));
      await change;
      assert.deepEqual(host.get("a"), { number });
    }
  });

  const noises: Record<string, (folder: TestFolder) => void> = {
    "what is opened, read and touched": (folder) => {
      const file = folder.at("a/plugin.ts");
      readFileSync(file);
      closeSync(openSync(file, "r+"));
      utimesSync(file, new Date(), new Date());
      utimesSync(folder.at("a"), new Date(), new Date());
      writeFileSync(file, readFileSync(file));
      renameNew(folder, "a/plugin.ts", readFileSync(file, "utf8"));
    },
    "files that no plugin has to do with": (folder) => {
      folder.write({ "a/README.md": "more", "a/data/x.json": "{}", "notes.txt": "x", "folder/of/others.txt": "x" });
    },
    "packages, version control and plugo's own folder": (folder) => {
      folder.write({
        "a/node_modules/left/index.js": "1",
        "a/.git/HEAD": "ref",
        ".git/index": "x",
        ".plugo/cache/x": "1",
        "node_modules/.package-lock.json": {},
      });
    },
    "what editors leave beside a file": (folder) => {
      for (const name of [
        ".plugin.ts.swp",
        ".plugin.ts.swx",
        "plugin.ts~",
        "#plugin.ts#",
        ".plugin.ts.A1b2C3",
        "4913",
      ]) {
        folder.write({ [`a/${name}`]: "export half", [name]: "x" });
        appendFileSync(folder.at(`a/${name}`), "more");
      }
      symlinkSync("somebody@somewhere.1234:5678", folder.at("a/.#plugin.ts"));
      mkdirSync(folder.at("a/.idea"), { recursive: true });
      writeFileSync(folder.at("a/plugin.ts___jb_tmp___"), "x");
      unlinkSync(folder.at("a/plugin.ts___jb_tmp___"));
    },
  };
  for (const [title, makeNoise] of Object.entries(noises)) {
    test(`changes nothing for ${title}`, async () => {
      const log: string[] = [];
      using folder = createFolder({ ...plugin("a", tracingPlugin("a")), ...plugin("b", tracingPlugin("b1")) });
      await using host = await loadFrom(folder, { ...live, context: { log } });
      await host.settled();
      const reports = keepReports(host);
      makeNoise(folder);
      // Events come in order: with this one, those before it have been heard.
      const change = nextReport(host);
      folder.write(plugin("b", tracingPlugin("b2")));
      assert.deepEqual((await change).loaded, ["b"]);
      await host.settled();
      assert.equal(reports.length, 1);
      assert.deepEqual(log, ["init a", "init b1", "init b2", "undo b1"]);
    });
  }

  test("does not even look at ignored files", async () => {
    using folder = createFolder({ ...plugin("a", tracingPlugin("a")), ...plugin("b", tracingPlugin("b1")) });
    await using host = await loadFrom(folder, { ...live, context: { log: [] } });
    await host.settled();
    noises["packages, version control and plugo's own folder"]?.(folder);
    const change = nextReport(host);
    folder.write(plugin("b", tracingPlugin("b2")));
    const { changed } = await change;
    assert.ok(
      changed.every((path) => !/node_modules|\.git|\.plugo/.test(path)),
      changed.join(),
    );
  });
});

function renameNew(folder: TestFolder, file: string, content: string): void {
  writeFileSync(folder.at(`${file}.new`), content);
  renameSync(folder.at(`${file}.new`), folder.at(file));
}

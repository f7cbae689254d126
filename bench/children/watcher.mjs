// One watcher on a folder of plugins: when it is ready, what it uses, and what of twenty changes it tells. Prints JSON.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { EventWatcher } from "../../dist/hot/event-watcher.js";

const [kind, folder, chokidarFile] = process.argv.slice(2);
const { watch } = kind === "chokidar" ? await import(pathToFileURL(chokidarFile).href) : {};
const patienceMs = 1_000;
const heard = new Map();
let onEvent = () => {};
const hear = (path) => {
  heard.set(path, performance.now());
  onEvent();
};

const used = () => {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
};
const before = used();
const start = performance.now();
const watcher = await (kind === "chokidar" ? startChokidar() : startOwn());
const readyMs = performance.now() - start;
await pause(200);
const after = used();
const watches = readdirSync("/proc/self/fdinfo")
  .map((handle) => readInfo(handle))
  .join("\n")
  .split("\n")
  .filter((line) => line.startsWith("inotify wd:")).length;

const missed = [];
const latencies = [];
for (let number = 0; number < 5; number += 1) {
  const plugin = (kindOfChange) => join(folder, `plugin_${kindOfChange}${number}`);
  const inPlace = join(plugin(0), "plugin.ts");
  await change("in place", [inPlace], () => writeFileSync(inPlace, `// ${number}`));

  const atomic = join(plugin(1), "lib", "a.ts");
  saveByRename(atomic, "1");
  await pause(200);
  await change("second atomic save", [atomic], () => saveByRename(atomic, "2"));

  const added = join(folder, `added_${number}`);
  await change("new folder with files", [join(added, "lib", "a.ts"), join(added, "plugin.ts")], () => {
    mkdirSync(join(added, "lib"), { recursive: true });
    writeFileSync(join(added, "lib", "a.ts"), "1");
    writeFileSync(join(added, "plugin.ts"), "1");
  });

  const renamed = `${plugin(2)}_renamed`;
  renameSync(plugin(2), renamed);
  await pause(200);
  const edited = join(renamed, "lib", "a.ts");
  await change("renamed folder, then edited", [edited], () => writeFileSync(edited, `// ${number}`));
}
await watcher.close();
console.log(
  JSON.stringify({ readyMs, watches, heap: after.heap - before.heap, rss: after.rss - before.rss, missed, latencies }),
);

async function startChokidar() {
  const chokidar = watch(folder, { ignoreInitial: true });
  chokidar.on("all", (_event, path) => hear(path));
  await new Promise((resolve) => chokidar.on("ready", resolve));
  return chokidar;
}

async function startOwn() {
  const own = new EventWatcher({
    onEvent: hear,
    onRefused: (_path, error) => {
      throw error;
    },
  });
  // It does not keep the process alive.
  const alive = setInterval(() => {}, 60_000);
  await own.watch([{ path: folder, kind: "folder" }], Date.now() + 60_000);
  return {
    close() {
      clearInterval(alive);
      own.close();
    },
  };
}

async function change(title, paths, act) {
  heard.clear();
  act();
  const actedAt = performance.now();
  const isDone = () => paths.every((path) => heard.has(path));
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs);
    onEvent = () => {
      if (!isDone()) return;
      clearTimeout(timer);
      resolve();
    };
    onEvent();
  });
  onEvent = () => {};
  if (isDone()) latencies.push(Math.max(...paths.map((path) => heard.get(path))) - actedAt);
  else missed.push(title);
}

function saveByRename(file, content) {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

function readInfo(handle) {
  try {
    return readFileSync(`/proc/self/fdinfo/${handle}`, "utf8");
  } catch {
    return "";
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

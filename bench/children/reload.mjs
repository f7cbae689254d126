// Changes the one file of a plugin and loads it anew, again and again, in one way. Prints as JSON what each reload leaves
// in memory (kB, after garbage collection) and how many old generations are still there.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chdir } from "node:process";
import { pathToFileURL } from "node:url";

const [way, folder, reloads, modules] = process.argv.slice(2);
const times = Number(reloads);
const warmUp = Math.round(times / 10);
chdir(folder);
const require = createRequire(join(folder, "application.cjs"));
const generations = [];
let latest;
/** What the plugin's code calls: the object is kept by this module's code, and by nothing else. */
globalThis.begin = (generation) => {
  generations.push(new WeakRef(generation));
  latest = generation.number;
};

/** A module that holds 100 kB. */
const body = (number) => `const generation = { number: ${number}, data: new Array(12_500).fill(${number} + 0.5) };
globalThis.begin(generation);
`;
const asModule = (number) =>
  `${body(number)}export function initPlugin() {\n  return { size: () => generation.data.length };\n}\n`;
const asScript = (number) =>
  `${body(number)}exports.initPlugin = function () {\n  return { size: () => generation.data.length };\n};\n`;

/** Each returns what loads the version of a number, for the first time or again. */
const ways = {
  async plugo() {
    const { loadPlugins } = await import("../../dist/index.js");
    const write = (number) => below("plugins/page/plugin.js", asModule(number));
    below("plugins/page/metadata.json", "{}");
    write(0);
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const host = await loadPlugins({ pluginDirectory: "plugins", logger, env: {}, plugins: [], hotReload: false });
    return async (number) => {
      if (number === 0) return;
      write(number);
      await host.reload("page");
    };
  },
  async "import-query"() {
    const file = join(folder, "page.mjs");
    return async (number) => {
      below("page.mjs", asModule(number));
      const { initPlugin } = await import(`${pathToFileURL(file).href}?t=${number}`);
      initPlugin().size();
    };
  },
  async "require-delete"() {
    const file = join(folder, "page.cjs");
    return async (number) => {
      below("page.cjs", asScript(number));
      delete require.cache[file];
      require(file).initPlugin().size();
    };
  },
  async jiti() {
    const { createJiti } = createRequire(join(modules, "here.js"))("jiti");
    const jiti = createJiti(pathToFileURL(join(folder, "application.js")).href, { moduleCache: false });
    return async (number) => {
      below("page.ts", asModule(number));
      const { initPlugin } = await jiti.import(join(folder, "page.ts"));
      initPlugin().size();
    };
  },
  async "live-plugin-manager"() {
    const { PluginManager } = createRequire(join(modules, "here.js"))("live-plugin-manager");
    const manager = new PluginManager({ cwd: folder, sandbox: { global: { begin: globalThis.begin } } });
    return async (number) => {
      below("page/package.json", JSON.stringify({ name: "page", version: `1.0.${number}`, main: "plugin.js" }));
      below("page/plugin.js", asScript(number).replace("globalThis.begin", "global.begin"));
      await manager.installFromPath(join(folder, "page"), { force: true });
      manager.require("page").initPlugin().size();
    };
  },
  /** As `koishi start` does it, in this process. */
  async cordis() {
    const load = createRequire(join(modules, "here.js"));
    load("koishi");
    const { default: Loader } = load("@koishijs/loader");
    load("koishi").Logger.levels.base = 0;
    below("external/page/index.js", `exports.name = "page";\nexports.apply = () => {};\n${body(0)}`);
    below("koishi.yml", "plugins:\n  hmr:\n    root: [external]\n    debounce: 0\n  ./external/page: {}\n");
    const loader = new Loader();
    await loader.init(join(folder, "koishi.yml"));
    await loader.readConfig(true);
    const app = await loader.createApp();
    await app.start();
    const { watcher } = app.get("watcher");
    await new Promise((resolve) => watcher.once("ready", resolve));
    return async (number) => {
      if (number === 0) return;
      const isServed = () => latest === number;
      below(
        "external/page/index.js",
        `exports.name = "page";\nexports.apply = () => { exports.size = () => generation.data.length; };\n${body(number)}`,
      );
      const deadline = performance.now() + 5_000;
      while (!isServed()) {
        if (performance.now() > deadline) throw new Error(`save ${number} was not seen`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      // chokidar tells of one change of a file in 50 ms.
      await new Promise((resolve) => setTimeout(resolve, 60));
    };
  },
};

const reload = await ways[way]();
await reload(0);
let before;
for (let number = 1; number <= times; number += 1) {
  await reload(number);
  if (latest !== number) throw new Error(`${way}: reload ${number} did not run the new code`);
  if (number === warmUp) before = await used();
}
const after = await used();
const alive = generations.slice(0, -1).filter((generation) => generation.deref() !== undefined).length;
console.log(JSON.stringify({ kilobytes: (after - before) / (times - warmUp) / 1_000, alive: (alive / times) * 1_000 }));
process.exit();

async function used() {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function below(file, content) {
  const path = join(folder, file);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
}

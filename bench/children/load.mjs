// Loads the plugins of a folder in one way. What the libraries themselves cost to import is not part of it.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chdir } from "node:process";
import { pathToFileURL } from "node:url";
import { report } from "./report.mjs";

const [way, folder, workingDirectory, modules] = process.argv.slice(2);
chdir(workingDirectory);
const context = { seen: { count: 0 } };
const library = (name) => import(pathToFileURL(createRequire(join(modules, "here.js")).resolve(name)).href);
const pluginsIn = (file) => readdirSync(folder).map((name) => pathToFileURL(join(folder, name, file)).href);

/** Each gets its library, and returns the function that is measured. */
const ways = {
  /** Reads and parses the metadata, reads the JavaScript, evaluates it by indirect `eval`, calls it. */
  floor: () => () => {
    for (const name of readdirSync(folder)) {
      const metadata = JSON.parse(readFileSync(`${folder}/${name}/metadata.json`, "utf8"));
      const code = readFileSync(`${folder}/${name}/plugin.js`, "utf8");
      // oxlint-disable-next-line no-eval
      const module = (0, eval)(code)();
      keep(metadata, module, module.initPlugin(context));
    }
  },
  esm: () => importAll("plugin.mjs"),
  /** By Node.js itself, or by the loader that this process was started with. */
  typescript: () => importAll("plugin.ts"),
  async plugo() {
    const { loadPlugins } = await import("../../dist/index.js");
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const options = { pluginDirectory: folder, context, logger, env: {}, plugins: [] };
    return async () => keep(await loadPlugins(options));
  },
  async avvio() {
    const { default: avvio } = await library("avvio");
    return async () => {
      const plugins = [];
      for (const file of pluginsIn("plugin.mjs")) plugins.push(await import(file));
      const app = avvio();
      for (const { initPlugin } of plugins) app.use(async () => keep(initPlugin(context)));
      await app.ready();
      keep(app);
    };
  },
  async fastify() {
    const { default: fastify } = await library("fastify");
    const { default: autoload } = await library("@fastify/autoload");
    return async () => {
      const app = fastify({ pluginTimeout: 0 });
      app.register(autoload, { dir: folder, options: context });
      await app.ready();
      keep(app);
    };
  },
  async cordis3() {
    const { Context } = await library("cordis");
    return async () => {
      const root = new Context();
      const config = { ...context, provide: (own, name, value) => own.provide(name, value) };
      for (const file of pluginsIn("plugin.mjs")) root.plugin(await import(file), config);
      await root.lifecycle?.flush();
      keep(root);
    };
  },
  async cordis4() {
    const { Context } = await library("cordis");
    return async () => {
      const root = new Context();
      const config = { ...context, provide: (own, name, value) => own.provide(name, value) };
      for (const file of pluginsIn("plugin.mjs")) await root.plugin(await import(file), config);
      keep(root);
    };
  },
  async "live-plugin-manager"() {
    const { PluginManager } = await library("live-plugin-manager");
    return async () => {
      const manager = new PluginManager({ cwd: workingDirectory });
      for (const name of readdirSync(folder)) {
        await manager.installFromPath(join(folder, name));
        keep(manager.require(name).initPlugin(context));
      }
      keep(manager);
    };
  },
  async jiti() {
    const { createJiti } = await library("jiti");
    return async () => {
      const jiti = createJiti(pathToFileURL(join(workingDirectory, "app.js")).href);
      for (const file of pluginsIn("plugin.ts")) {
        const module = await jiti.import(file);
        keep(module, module.initPlugin(context));
      }
    };
  },
};

const kept = [];
const load = await ways[way]();
await report(async () => {
  await load();
  return context.seen.count;
});
// A host that follows its files keeps the process alive no longer than this.
process.exit();

function importAll(file) {
  return async () => {
    for (const url of pluginsIn(file)) {
      const module = await import(url);
      keep(module.initPlugin(context));
    }
  };
}

function keep(...values) {
  kept.push(...values);
}

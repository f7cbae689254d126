import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { consolidatePluginRequirements, loadPlugins, PLUGINS } from "@plugo/node";
import { expressRoutes } from "@plugo/node/express";
import express from "express";
import { listen } from "./listen.js";
import { pluginTable } from "./plugin-table.js";

/** @param {string} file Beside this one, so that the working directory does not matter. */
const at = (file) => new URL(file, import.meta.url);
/** @type {{ version: string }} */
const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));

const app = express();

// What every plugin's initPlugin gets as its first argument: each its own router, at /plugins/<name>.
const context = { app: expressRoutes(app) };
/** @typedef {import("@plugo/node").ScopedContext<typeof context>} AppContext */

// A plugin that is named in code. The directory has one of this name, so the entry only says that it is wanted.
PLUGINS.push({
  pluginName: "test_env_plugin",
  importClassDetails: { modulePath: at("plugins/test_env_plugin/plugin.ts").href, moduleClassName: "initPlugin" },
  status: "active",
});

// Usually set where the application is started.
process.env.ENABLED_PLUGINS ??= "SomeOtherPlugin";

const host = await loadPlugins({
  pluginDirectory: at("plugins"),
  configPath: at("plugins_config.json"),
  coreVersion: version,
  context,
});

// Which npm packages the loaded plugins need, for whoever deploys the application.
const plugins = /** @type {const} */ ({ pluginDirectory: at("plugins"), loadedPlugins: host, strategy: "nest" });
if (process.env.NODE_ENV !== "production") {
  await consolidatePluginRequirements({ ...plugins, outputFile: at("package-plugins.json") });
}
// The same as a folder that an image installs, see Dockerfile. npm asks the registry for it, so not at every start.
if (process.argv.includes("--consolidate")) {
  const outputFile = at("package-plugins");
  await consolidatePluginRequirements({ ...plugins, outputFile, format: "workspaces" });
  await host.close();
  process.exit();
}

app.get("/", (_request, response) => {
  const links = mounted().map(({ name, path }) => `<li><a href="${path}">${name}</a></li>`);
  response.send(`<!doctype html><title>Plugins</title><h1>Plugins</h1><ul>${links.join("")}</ul>`);
});

const server = createServer(app);
const port = await listen(server, Number(process.env.PORT ?? 3000));

console.log(`\n${pluginTable(host.snapshot())}\n`);
console.log(`Open http://localhost:${port}/`);
for (const { path } of mounted()) console.log(`     http://localhost:${port}${path}`);
console.log("Edit a file in examples/express-plugins/plugins and reload the page. Press Ctrl-C to stop.");

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void close());

/** Where each plugin is: at the `route_prefix` of its metadata, else at /plugins/<name>. */
function mounted() {
  const active = host.snapshot().plugins.filter(({ phase }) => phase === "active");
  return active.map(({ name, metadata: { route_prefix: prefix } }) => ({
    name,
    path: typeof prefix === "string" ? prefix : `/plugins/${name}`,
  }));
}

/** Nothing new is accepted; then the plugins end, each after its last response; then the server has closed. */
async function close() {
  const closed = once(server, "close");
  server.close();
  await host.close();
  await closed;
  console.log("Closed.");
}

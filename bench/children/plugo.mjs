// loadPlugins on the same plugins in TypeScript, logging off.
import { chdir } from "node:process";
import { loadPlugins } from "../../dist/index.js";
import { report } from "./report.mjs";

const [folder, workingDirectory] = process.argv.slice(2);
chdir(workingDirectory);
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const context = { seen: { count: 0 } };
await report(async () => {
  globalThis.host = await loadPlugins({ pluginDirectory: folder, context, logger, env: {}, plugins: [] });
  return context.seen.count;
});

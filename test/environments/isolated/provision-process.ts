import { createRequire } from "node:module";
import { join } from "node:path";
import { systemClock } from "#src/environments/clock.js";
import { thisProcess } from "#src/environments/home/process-identity.js";
import { IsolatedProvisioner } from "#src/environments/isolated/isolated-provisioner.js";
import { copyingInstaller } from "../copying-installer.ts";

// Run as `node provision-process.js <application> <registry> <version> <plugin>...`: waits for a line, provisions and
// links the plugins, and writes what comes of it, as JSON, a line for each fact. Then it waits for the end of its input.
const [, , hostFolder = "", registry = "", version = "", ...names] = process.argv;

const say = (fact: object): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);
const warn = (message: string): void => say({ kind: "warning", message });

say({ kind: "ready", identity: thisProcess() });
await new Promise((resolve) => process.stdin.once("data", resolve));

const provisioner = new IsolatedProvisioner({
  ...{ home: join(hostFolder, ".plugo", "venvs"), hostFolder, installer: copyingInstaller(registry) },
  ...{ frozen: false, offline: false, allowScripts: [], env: {}, clock: systemClock, onEvent: say },
  logger: { debug: warn, info: warn, warn, error: warn },
});
const plugins = names.map((name) => ({ name, version, folder: join(hostFolder, "plugins", name) }));
const results = provisioner.provision(plugins, new AbortController().signal);
for (const plugin of plugins) {
  const result = await results.get(plugin.name);
  if (result === undefined || "code" in result) {
    say({ kind: "result", plugin: plugin.name, code: result?.code, message: result?.message });
    continue;
  }
  provisioner.link(plugin, result);
  const loaded = "big";
  const require = createRequire(join(result.environment ?? "", "x.js"));
  say({ kind: "result", plugin: plugin.name, environment: result.environment, loaded: require(loaded) as unknown });
}
say({ kind: "done" });
await new Promise((resolve) => process.stdin.once("close", resolve));

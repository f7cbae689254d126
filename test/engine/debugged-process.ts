// Between threads there are no origins.
/* oxlint-disable unicorn/require-post-message-target-origin */
import { once } from "node:events";
import inspector from "node:inspector";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { LoadedModules } from "#src/engine/engine.js";
import { createRunnerEngine } from "#src/engine/runner-engine.js";
import type { ClientReport } from "./breakpoint-client.ts";

// Loads the plugin in the folder that is given twice, with a debugger that stops in it, and prints what that one saw.
const [, , folder = ""] = process.argv;
const entry = `${folder}/plugin.ts`;

inspector.open(0);
const client = new Worker(fileURLToPath(import.meta.resolve("./breakpoint-client.js")), { workerData: entry });
await once(client, "message");

const engine = createRunnerEngine({ cacheFolder: undefined, logger: console });
const first = load(undefined);
client.postMessage("set");
await once(client, "message");
work(first);
work(load(first));
client.postMessage("end");
const [report] = (await once(client, "message")) as [ClientReport];
console.log(JSON.stringify(report));
process.exit(0);

function load(previous: LoadedModules | undefined): LoadedModules {
  return engine.load({
    plugin: "p",
    generation: 1,
    folder,
    entry,
    environment: null,
    owners: { ownerOf: () => ({ kind: "plugin", name: "p" }) },
    dependency: () => undefined,
    declares: () => false,
    timers: () => globalThis,
    previous,
    restore: false,
  }) as LoadedModules;
}

function work({ namespace }: LoadedModules): void {
  (namespace["work"] as (wide: object) => void)({ a: 1 });
}

// What it costs to hand a request to the last of `count` plugins: the real adapter of node:http on an emitter, without a
// network. Prints nanoseconds per request as JSON.
import { EventEmitter } from "node:events";
import { chdir } from "node:process";
import { httpRoutes } from "../../dist/adapters/http.js";
import { loadPlugins } from "../../dist/index.js";

const [folder, workingDirectory, count] = process.argv.slice(2);
chdir(workingDirectory);
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const server = new EventEmitter();
const context = { app: httpRoutes(server) };
const host = await loadPlugins({ pluginDirectory: folder, context, logger, env: {}, plugins: [], hotReload: false });
if (host.loaded.size !== Number(count)) throw new Error(`${host.loaded.size} of ${count} plugins are loaded.`);

class Answer extends EventEmitter {
  destroyed = false;
  body = "";
  writeHead() {}
  end(body) {
    this.body = body;
    this.emit("close");
  }
}

const last = `plugin_${String(Number(count) - 1).padStart(5, "0")}`;
const rounds = 200_000;
ask(rounds);
const start = process.hrtime.bigint();
ask(rounds);
const nanoseconds = Number(process.hrtime.bigint() - start) / rounds;
await host.close();
console.log(JSON.stringify({ nanoseconds }));

function ask(times) {
  for (let time = 0; time < times; time += 1) {
    const answer = new Answer();
    server.emit("request", { url: `/plugins/${last}/hello` }, answer);
    if (answer.body !== last) throw new Error(`${last} did not answer`);
  }
}

// What a plugin's route costs beside the same route of the application, for each adapter, and whether finding a plugin
// costs more with more of them. Both routes are in one process and take turns; the load comes from this one.
//
//   node bench/routes.mjs [--pairs=36] [--framework=express] [--node=/path/to/node]
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connectLoad } from "./route-load.mjs";
import { median, medianInterval, spread } from "./statistics.mjs";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "36" },
    framework: { type: "string" },
    node: { type: "string", default: process.execPath },
  },
});
const version = execFileSync(values.node, ["--version"], { encoding: "utf8" }).trim();
const children = join(import.meta.dirname, "children");
const windowMs = 200;
const warmUps = 5;
const targets = { http: 0.97, express: 0.97, koa: 0.97, fastify: 0.95, hono: 0.92 };
/** Without a plugin: what it costs that a route is in a router that the application itself mounts. */
const references = ["express-router"];
/** What an `initPlugin` does to answer "hello" at `path`. */
const route = {
  http: (body) =>
    `app.handle((request, response, next) => { if (request.url === "/hello") response.end(${body}); else next(); });`,
  express: (body) => `app.get("/hello", (_request, response) => void response.send(${body}));`,
  koa: (body) => `app.get("/hello", (context) => void (context.body = ${body}));`,
  fastify: (body) => `app.get("/hello", async () => ${body});`,
  hono: (body) => `app.get("/hello", (context) => context.text(${body}));`,
};
const root = mkdtempSync(join(tmpdir(), "plugo-bench-"));
try {
  const frameworks = values.framework === undefined ? [...Object.keys(targets), ...references] : [values.framework];
  console.log(
    `\nA plugin's route to the application's own, Node.js ${version}, ${values.pairs} pairs of ${windowMs} ms windows:`,
  );
  console.log(
    "  median (95 % interval)        answers per second    processor time per answer    application's, per second",
  );
  for (const framework of frameworks) await compare(framework);
  if (values.framework === undefined) lookup();
} finally {
  rmSync(root, { recursive: true });
}

async function compare(framework) {
  if (framework in route) writePlugin(framework, "bench", route[framework](`"hello"`));
  const server = fork(join(children, "route-server.mjs"), [framework, root], { execPath: values.node });
  const exited = once(server, "exit");
  try {
    const ports = await answerOf(server);
    const request = { path: "/plugins/bench/hello", body: "hello", connections: 16 };
    const loads = await Promise.all(ports.map((port) => connectLoad(port, request)));
    const [own, plugin] = loads.map((load) => () => measure(server, load));
    for (let time = 0; time < warmUps; time += 1) for (const run of [own, plugin]) await run();
    const ratios = { perSecond: [], processorTime: [] };
    const rates = [];
    for (let pair = 0; pair < Number(values.pairs); pair += 1) {
      let seen;
      // Each comes first as often: what the machine does meanwhile falls on both.
      if (pair % 2 === 0) seen = { own: await own(), plugin: await plugin() };
      else seen = { plugin: await plugin(), own: await own() };
      for (const [key, list] of Object.entries(ratios)) list.push(seen.plugin[key] / seen.own[key]);
      rates.push(seen.own.perSecond);
    }
    for (const load of loads) load.close();
    const [low, high] = medianInterval(ratios.perSecond);
    console.log(
      `  ${framework.padEnd(14)} ${shown(ratios.perSecond)}    ${shown(ratios.processorTime)}    ${Math.round(median(rates))}    ${verdict(targets[framework], low, high)}`,
    );
  } finally {
    server.disconnect();
    await exited;
  }
}

function verdict(target, low, high) {
  if (target === undefined) return "no target";
  if (high < target) return `short of ${target}`;
  return low < target ? `target ${target}` : `target ${target} met`;
}

async function measure(server, load) {
  const before = await processorTime(server);
  const { answers, perSecond } = await load.run(windowMs);
  return { perSecond, processorTime: ((await processorTime(server)) - before) / answers };
}

function processorTime(server) {
  server.send("time");
  return answerOf(server);
}

/** What the server sends next, or an error when it ends before. */
function answerOf(server) {
  return new Promise((resolve, reject) => {
    const onExit = (code) => reject(new Error(`The server ended with ${code}.`));
    server.once("exit", onExit);
    server.once("message", (message) => {
      server.off("exit", onExit);
      resolve(message);
    });
  });
}

function lookup() {
  const counts = [1, 10, 100, 500];
  const seen = Object.fromEntries(counts.map((count) => [count, []]));
  for (const count of counts) {
    for (let number = 0; number < count; number += 1) {
      writePlugin(`lookup_${count}`, `plugin_${String(number).padStart(5, "0")}`, route.http("plugin.name"));
    }
  }
  for (let round = 0; round < 9; round += 1) {
    for (const count of counts) {
      const args = [join(children, "prefix-lookup.mjs"), join(root, `lookup_${count}`), root, `${count}`];
      seen[count].push(JSON.parse(execFileSync(values.node, args, { encoding: "utf8" })).nanoseconds);
    }
  }
  console.log(
    `\nHanding a request to the last of so many plugins, without a network: ns as median (min–max), to one plugin`,
  );
  for (const count of counts) {
    const ratios = seen[count].map((time, round) => time / seen[1][round]);
    console.log(`  ${String(count).padStart(4)} ${spread(seen[count], 0).padStart(24)}   ${spread(ratios, 2)}`);
  }
}

function writePlugin(folder, name, statements) {
  const place = join(root, folder, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "metadata.json"), "{}");
  writeFileSync(join(place, "plugin.js"), `export function initPlugin({ app }, plugin) {\n  ${statements}\n}\n`);
}

function shown(ratios) {
  const [low, high] = medianInterval(ratios);
  return `${median(ratios).toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}

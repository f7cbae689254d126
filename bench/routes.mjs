// What a plugin's route costs beside the same route of the application, for each adapter, and whether finding a plugin
// costs more with more of them. Both routes are in one process and take turns; the load comes from this one.
//
//   node bench/routes.mjs [--rounds=24]
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAlone } from "./harness/part.mjs";
import { identify } from "./harness/provide.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";
import { runChild } from "./harness/run-child.mjs";
import { connectLoad } from "./route-load.mjs";

const children = join(import.meta.dirname, "children");
const windowMs = 200;
const warmUps = 5;
const frameworks = {
  http: "node:http",
  express: "Express",
  koa: "Koa",
  fastify: "Fastify",
  hono: "Hono",
};
const counts = [1, 10, 100, 500];
/** What an `initPlugin` does to answer "hello" at `path`. */
const route = {
  http: (body) =>
    `app.handle((request, response, next) => { if (request.url === "/hello") response.end(${body}); else next(); });`,
  express: (body) => `app.get("/hello", (_request, response) => void response.send(${body}));`,
  koa: (body) => `app.get("/hello", (context) => void (context.body = ${body}));`,
  fastify: (body) => `app.get("/hello", async () => ${body});`,
  hono: (body) => `app.get("/hello", (context) => context.text(${body}));`,
};

const own = "the application's route";
const mounted = "a mounted Router's route";
export const part = {
  name: "routes",
  title: "A plugin's route",
  script: "bench/routes.mjs",
  rounds: { full: 24, quick: 4 },
  packages: () => ["express", "koa", "@koa/router", "fastify", "hono", "@hono/node-server"].map(identify),
  comparisons: {
    perSecond: {
      title: "Answers per second",
      unit: "",
      digits: 0,
      baseline: own,
      main: "plugo, the plugin's route",
      better: "higher",
      plot: undefined,
      about: `The same small route twice in one process, registered in the application and by a plugin through the framework's adapter.
16 connections ask for one and then the other, ${windowMs} ms each; each comes first as often.`,
      why: `Each adapter finds the plugin by its path, and counts the request, so that the plugin's code stays until it is answered. In
Express most of the difference is the second router, which the next table measures without plugo. In Fastify it is the second instance, with its own
routing, request and reply; in Koa the URL that is changed and changed back, and a promise. The load and the network are part of the
time of both routes: where an application does more than say hello, the share is smaller.`,
    },
    processorTime: {
      title: "Processor time of the server for each answer",
      unit: "µs",
      digits: 1,
      baseline: own,
      main: "plugo, the plugin's route",
      plot: undefined,
      about: `The same runs: user and system time of the server's process.`,
      why: `The reasons are those for the answers per second.`,
    },
    router: {
      title: "Answers per second from a Router of Express, without plugo",
      unit: "",
      digits: 0,
      baseline: own,
      better: "higher",
      plot: undefined,
      about: `What Express itself takes for a second router: the same, but no plugin. The second route is in an Express \`Router\` that the
application mounts.`,
      why: "",
    },
    lookup: {
      title: "Finding a plugin, by the number of plugins",
      unit: "ns",
      digits: 0,
      baseline: "plugo, one plugin",
      main: "plugo, 500 plugins",
      plot: { kind: "bars" },
      about: `A request to the last of so many plugins is handed through the adapter of \`node:http\`, without a network.`,
      why: `A path is looked up in a table, whose cost hardly depends on how many plugins there are; one is the case to beat.`,
    },
  },
  async measure({ rounds, isQuick, say }) {
    const root = mkdtempSync(join(tmpdir(), "plugo-bench-"));
    const columns = Object.values(frameworks);
    const plugin = "plugo, the plugin's route";
    const records = {
      perSecond: createRecord(columns, [own, plugin]),
      processorTime: createRecord(columns, [own, plugin]),
    };
    try {
      for (const [framework, title] of Object.entries(frameworks)) {
        say(title);
        for (const seen of await compare(root, framework, rounds)) {
          for (const [id, record] of Object.entries(records)) {
            record.add(title, own, seen.own[id]);
            record.add(title, plugin, seen.plugin[id]);
          }
        }
      }
      say("Router");
      const router = createRecord(["Express"], [own, mounted]);
      for (const seen of await compare(root, "express-router", rounds)) {
        router.add("Express", own, seen.own.perSecond);
        router.add("Express", mounted, seen.plugin.perSecond);
      }
      say("finding a plugin");
      return { ...records, router, lookup: lookup(root, isQuick ? 1 : 5) };
    } finally {
      rmSync(root, { recursive: true });
    }
  },
};

async function compare(root, framework, rounds) {
  if (framework in route) writePlugin(root, framework, "bench", route[framework](`"hello"`));
  const server = fork(join(children, "route-server.mjs"), [framework, root]);
  const exited = once(server, "exit");
  try {
    const ports = await answerOf(server);
    const request = { path: "/plugins/bench/hello", body: "hello", connections: 16 };
    const loads = await Promise.all(ports.map((port) => connectLoad(port, request)));
    const [first, second] = loads.map((load) => () => measure(server, load));
    for (let time = 0; time < warmUps; time += 1) for (const run of [first, second]) await run();
    const pairs = [];
    for (const pair of roundsWithin(rounds, 14)) {
      // Each comes first as often: what the machine does meanwhile falls on both.
      if (pair % 2 === 0) pairs.push({ own: await first(), plugin: await second() });
      else pairs.push({ plugin: await second(), own: await first() });
    }
    for (const load of loads) load.close();
    return pairs;
  } finally {
    server.disconnect();
    await exited;
  }
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

function lookup(root, rounds) {
  const titleOf = (count) => (count === 1 ? "plugo, one plugin" : `plugo, ${count} plugins`);
  const record = createRecord(["each request"], counts.map(titleOf));
  for (const count of counts) {
    for (let number = 0; number < count; number += 1) {
      writePlugin(root, `lookup_${count}`, `plugin_${String(number).padStart(5, "0")}`, route.http("plugin.name"));
    }
  }
  for (const _ of roundsWithin(rounds, 20)) {
    for (const count of counts) {
      const args = [join(root, `lookup_${count}`), root, `${count}`];
      record.add("each request", titleOf(count), runChild("prefix-lookup.mjs", args).nanoseconds);
    }
  }
  return record;
}

function writePlugin(root, folder, name, statements) {
  const place = join(root, folder, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "metadata.json"), "{}");
  writeFileSync(join(place, "plugin.js"), `export function initPlugin({ app }, plugin) {\n  ${statements}\n}\n`);
}

await runAlone(import.meta.url, part);

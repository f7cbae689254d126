import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, createServer, request } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import express from "express";
import { keepLines, loadFrom } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";
import { frameworks, type Framework } from "./frameworks.ts";

/**
 * Swaps a plugin again and again while clients ask for it, and counts what must not happen. It runs in a process of its
 * own, with `--expose-gc`: `node swap-under-load.js <framework> <control>`. A control is a deliberate fault, which the
 * counts have to show.
 */
const swaps = 200;
const clients = 32;
/** Answers between two swaps: enough that every swap has requests in flight, whatever the speed of the machine. */
const answersPerSwap = 40;

export type Control = "none" | "unload-then-load" | "import-again" | "add-only" | "no-drain" | "module-state";

/** What must be 0, and what must be `swaps`; one of each. */
export interface Outcome {
  readonly answers: number;
  /** Answers that are not 200, and requests without an answer. */
  readonly failed: number;
  /** Middleware of one version, handler of another. */
  readonly mixed: number;
  /** Older than the version that was in service before the request was sent. */
  readonly stale: number;
  /** Answered by a generation that had been disposed. */
  readonly afterDispose: number;
  readonly oldRouteAlive: number;
  readonly newRouteMissing: number;
  /** Swaps during which at least one request was in flight on the old generation. */
  readonly busySwaps: number;
  readonly disposed: number;
  /** Old generations that are still in memory after everything has closed. */
  readonly alive: number;
}

/** What each generation keeps, and its code refers to; the harness holds it weakly. */
interface Version {
  readonly number: number;
  disposed: boolean;
}

/** What plugin code is given. */
class Book {
  readonly generations: WeakRef<Version>[] = [];
  readonly counts = { afterDispose: 0, disposed: 0 };
  /** The latest version, as state that exists once. */
  latest = 0;

  readonly begin = (number: number): Version => {
    const version: Version = { number, disposed: false };
    this.generations.push(new WeakRef(version));
    this.latest = number;
    return version;
  };

  readonly end = (version: Version): void => {
    version.disposed = true;
    this.counts.disposed += 1;
  };

  readonly check = (version: Version): void => {
    if (version.disposed) this.counts.afterDispose += 1;
  };

  readonly wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function run(framework: Framework, control: Control, times: number = swaps): Promise<Outcome> {
  const book = new Book();
  let failed = 0;
  let mixed = 0;
  let stale = 0;
  let answers = 0;
  let oldRouteAlive = 0;
  let newRouteMissing = 0;
  let busySwaps = 0;
  let inFlight = 0;
  let acknowledged = 1;
  const state = { stopped: false };
  let onAnswer: (() => void) | undefined;

  await using application = await framework.start();
  using folder = createFolder(plugin("a", codeOf(framework, 1, control)));
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const context = { app: application.app, tools: { ...application.tools, book } };
  const host = await loadFrom(folder, { context, logger: keepLines() });
  const controlled = await withoutPlugo(control, book, (name, text) => {
    folder.write({ [name]: text });
    return folder.at(name);
  });
  const url = new URL(controlled?.url ?? application.url);

  async function client(index: number): Promise<void> {
    for (let count = index; !state.stopped; count += 1) {
      const expected = acknowledged;
      inFlight += 1;
      const answer = await exchange(agent, url, "/plugins/a/work", count % 4 === 0 ? { wait: count % 9 } : undefined);
      inFlight -= 1;
      answers += 1;
      onAnswer?.();
      if (answer?.status !== 200) {
        failed += 1;
        continue;
      }
      const [middleware, handler] = answer.text.split(" ").map(Number);
      if (middleware !== handler) mixed += 1;
      if (handler! < expected) stale += 1;
    }
  }

  const running = Array.from({ length: clients }, (_, index) => client(index));
  for (let version = 2; version <= times + 1; version += 1) {
    await answered(answersPerSwap);
    if (inFlight > 0) busySwaps += 1;
    await change(version);
    acknowledged = version;
    const [old, current] = await Promise.all([
      exchange(agent, url, `/plugins/a/only-${version - 1}`),
      exchange(agent, url, `/plugins/a/only-${version}`),
    ]);
    if (old?.status === 200) oldRouteAlive += 1;
    if (current?.status !== 200) newRouteMissing += 1;
  }
  state.stopped = true;
  await Promise.all(running);
  await host.settled();
  const { disposed } = book.counts;
  agent.destroy();
  application.server.closeAllConnections();
  await controlled?.close();
  await collect();
  const alive = book.generations.slice(0, -1).filter((reference) => reference.deref() !== undefined).length;
  const { afterDispose } = book.counts;
  await host.close();
  return {
    answers,
    failed,
    mixed,
    stale,
    afterDispose,
    oldRouteAlive,
    newRouteMissing,
    busySwaps,
    disposed,
    alive,
  };

  function answered(count: number): Promise<void> {
    return new Promise((resolve) => {
      const until = answers + count;
      onAnswer = () => {
        if (answers < until) return;
        onAnswer = undefined;
        resolve();
      };
    });
  }

  async function change(version: number): Promise<void> {
    if (controlled !== undefined) return controlled.add(version);
    folder.write(plugin("a", codeOf(framework, version, control)));
    if (control === "unload-then-load") {
      await host.disable("a");
      // Each client has at most one request on its way, so the last of these answers was asked for in between.
      await answered(clients + 1);
      await host.enable("a");
    } else await host.reload("a");
  }
}

/** The code of one version: what it answers says which version its middleware and its handler are of. */
function codeOf(framework: Framework, version: number, control: Control): string {
  const state = control === "module-state" ? "tools.book.latest" : "version.number";
  const early =
    control === "no-drain" ? 'plugin.draining.addEventListener("abort", () => tools.book.end(version));' : "";
  const end = control === "no-drain" ? "" : "plugin.defer(() => tools.book.end(version));";
  return `export function initPlugin({ app, tools }: any, plugin: any) {
    const version = tools.book.begin(${version});
    ${early} ${end}
    const state = () => ${state};
    const check = () => tools.book.check(version);
    ${work[framework.name]!}
    ${framework.text(`/only-${version}`, `"only"`)}
  }`;
}

/** A middleware that takes note of the version, and a handler that waits up to 8 ms and reads a body that there is. */
const work: Readonly<Record<string, string>> = {
  http: `
    app.handle((request: any, _response: any, next: any) => { request.before = state(); next(); });
    app.handle(async (request: any, response: any, next: any) => {
      if (request.url !== "/work") return next();
      const before = request.before;
      let text = ""; for await (const chunk of request) text += chunk;
      await tools.book.wait(text === "" ? 3 : JSON.parse(text).wait);
      check(); response.end(before + " " + state());
    });`,
  express: `
    app.use((_request: any, response: any, next: any) => { response.locals.before = state(); next(); });
    app.all("/work", tools.express.json(), async (request: any, response: any) => {
      await tools.book.wait(request.body?.wait ?? 3);
      check(); response.send(response.locals.before + " " + state());
    });`,
  fastify: `
    app.decorateRequest("before", 0);
    app.addHook("onRequest", async (request: any) => { request.before = state(); });
    const handler = async (request: any) => {
      await tools.book.wait(request.body?.wait ?? 3);
      check(); return request.before + " " + state();
    };
    app.get("/work", handler); app.post("/work", handler);`,
  hono: `
    app.use(async (context: any, next: any) => { context.set("before", state()); await next(); });
    app.all("/work", async (context: any) => {
      const wait = context.req.method === "POST" ? (await context.req.json()).wait : 3;
      await tools.book.wait(wait);
      check(); return context.text(context.get("before") + " " + state());
    });`,
  koa: `
    app.use(async (context: any, next: any) => { context.state.before = state(); await next(); });
    app.all("/work", async (context: any) => {
      let text = ""; for await (const chunk of context.req) text += chunk;
      await tools.book.wait(text === "" ? 3 : JSON.parse(text).wait);
      check(); context.body = context.state.before + " " + state();
    });`,
};

interface Controlled {
  readonly url: string;
  readonly add: (version: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * The controls that plugo is not asked for, in an Express application: to which each version only adds its routes, or from
 * which the old routes are taken before the new file is imported.
 */
async function withoutPlugo(
  control: Control,
  book: Book,
  write: (name: string, text: string) => string,
): Promise<Controlled | undefined> {
  if (control !== "add-only" && control !== "import-again") return undefined;
  const app = express();
  let previous: Version | undefined;
  const importAgain = async (number: number): Promise<void> => {
    if (previous !== undefined) {
      app.router.stack.pop();
      book.end(previous);
    }
    const manifest = write("package.json", `{ "version": "1.0.${number}" }`);
    const file = write("again.mjs", `export const begin = (book) => book.begin(${number});\n`);
    // What manages extensions looks at what there is before it imports anything.
    await readFile(manifest);
    const { begin } = (await import(`${pathToFileURL(file).href}?t=${number}`)) as { begin: (of: Book) => Version };
    previous = mount(begin(book));
  };
  const add = async (number: number): Promise<void> => {
    const old = previous;
    previous = mount(book.begin(number));
    if (old !== undefined) book.end(old);
  };
  const mount = (version: Version): Version => {
    const { number } = version;
    const router = express.Router();
    router.all("/work", express.json(), async (httpRequest, response) => {
      await book.wait(httpRequest.body?.wait ?? 3);
      book.check(version);
      response.send(`${version.number} ${version.number}`);
    });
    router.get(`/only-${number}`, (_request, response) => void response.send("only"));
    app.use("/plugins/a", router);
    return version;
  };
  const change = control === "add-only" ? add : importAgain;
  await change(1);
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    add: change,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function exchange(agent: Agent, { hostname, port }: URL, path: string, json?: object): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const method = json === undefined ? "GET" : "POST";
    const headers = json === undefined ? {} : { "content-type": "application/json" };
    const asking = request({ hostname, port, path, method, headers, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, text }));
      response.on("error", () => resolve(undefined));
    });
    asking.on("error", () => resolve(undefined));
    asking.end(json === undefined ? undefined : JSON.stringify(json));
  });
}

/** Finalisation and weak references need turns of the event loop between two collections. */
async function collect(): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    await nextTurn();
    globalThis.gc?.();
  }
}

if (process.argv[2] !== undefined && process.argv[1] === import.meta.filename) {
  const framework = frameworks.find(({ name }) => name === process.argv[2])!;
  const times = Number(process.argv[4] ?? swaps);
  console.log(JSON.stringify(await run(framework, process.argv[3] as Control, times)));
}

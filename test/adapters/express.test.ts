import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { expressRoutes } from "@plugo/node/express";
import express from "express";
import { loadFrom } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";
import { ask } from "./ask.ts";

async function start(app: express.Express): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("expressRoutes", () => {
  test("changes a plugin's views, view cache and static folder with its generation", async () => {
    const app = express();
    app.enable("view cache");
    app.engine("txt", (file: string, _options: object, done: (error: unknown, text?: string) => void) =>
      readFile(file, "utf8", done),
    );
    app.set("view engine", "txt");
    const routes = expressRoutes(app);
    await using application = await start(app);
    const code = (number: number): string => `export function initPlugin({ app, express }: any, plugin: any) {
      app.set("views", plugin.path + "/views${number}");
      app.get("/page", (_request: any, response: any) => response.render("page"));
      app.use("/files", express.static(plugin.path + "/public${number}"));
    }`;
    using folder = createFolder({
      ...plugin("a", code(1)),
      "a/views1/page.txt": "page 1",
      "a/public1/file.txt": "file 1",
      "a/views2/page.txt": "page 2",
      "a/public2/file.txt": "file 2",
    });
    await using host = await loadFrom(folder, { context: { app: routes, express } });
    for (const number of [1, 2]) {
      folder.write(plugin("a", code(number)));
      await host.reload("a");
      assert.equal((await ask(application.url, "/plugins/a/page")).text, `page ${number}`);
      assert.equal((await ask(application.url, "/plugins/a/files/file.txt")).text, `file ${number}`);
    }
  });

  test("has the application's settings where a plugin has none of its own", async () => {
    const app = express();
    app.disable("x-powered-by");
    app.set("query parser", "extended");
    app.set("trust proxy", true);
    app.set("json spaces", 1);
    app.disable("etag");
    const routes = expressRoutes(app);
    await using application = await start(app);
    using folder = createFolder(
      plugin(
        "a",
        `export function initPlugin({ app }: any) {
          app.get("/", (request: any, response: any) => response.json([request.query.a.b, request.ip, request.baseUrl, request.originalUrl, request.path]));
        }`,
      ),
    );
    await using host = await loadFrom(folder, { context: { app: routes } });
    const answer = await ask(application.url, "/plugins/a?a[b]=1", { headers: { "x-forwarded-for": "10.0.0.1" } });
    assert.deepEqual(JSON.parse(answer.text), ["1", "10.0.0.1", "/plugins/a", "/plugins/a?a[b]=1", "/"]);
    assert.match(answer.text, /\n /);
    assert.deepEqual([answer.headers["x-powered-by"], answer.headers.etag], [undefined, undefined]);
    void host;
  });

  test("has requests name who answers them as their `app`: a plugin, what it mounts, or the application", async () => {
    const app = express();
    const routes = expressRoutes(app);
    // Another view of the application does not hide what the first one says.
    expressRoutes(app);
    app.get(
      "/plugins/a/own",
      (request, response) =>
        void response.send([request.app === app, response.app === app, "plugoName" in request.app.locals].join()),
    );
    await using application = await start(app);
    using folder = createFolder(
      plugin(
        "a",
        `export function initPlugin({ app, express }: any) {
          app.locals.plugoName = "plugin";
          const inner = express();
          inner.locals.plugoName = "inner";
          const names = (request: any, response: any) => void response.send([request.app.locals.plugoName, response.app.locals.plugoName].join());
          inner.get("/inner", names);
          app.use(inner);
          app.get("/outer", names);
        }`,
      ),
    );
    await using host = await loadFrom(folder, { context: { app: routes, express } });
    for (const [path, answer] of [
      ["inner", "inner,inner"],
      ["outer", "plugin,plugin"],
      ["own", "true,true,false"],
    ] as const) {
      assert.equal((await ask(application.url, `/plugins/a/${path}`)).text, answer, path);
    }
    void host;
  });

  test("works in a router and in a mounted application of the host", async () => {
    const app = express();
    const inner = express();
    app.use("/inner", inner);
    const routes = expressRoutes(inner);
    inner.get("/plugins/a/own", (request, response) => void response.send(`own ${request.baseUrl} ${request.url}`));
    await using application = await start(app);
    using folder = createFolder(
      plugin(
        "a",
        `export function initPlugin({ app }: any) { app.get("/", (request: any, response: any) => response.send(request.baseUrl)); }`,
      ),
    );
    await using host = await loadFrom(folder, { context: { app: routes } });
    assert.equal((await ask(application.url, "/inner/plugins/a")).text, "/inner/plugins/a");
    assert.equal((await ask(application.url, "/inner/plugins/a/own")).text, "own /inner /plugins/a/own");
    void host;
  });
});

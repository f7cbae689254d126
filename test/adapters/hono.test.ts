import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { honoRoutes, hostRequest } from "@plugo/node/hono";
import { Hono } from "hono";
import { loadFrom } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";

const code = (label: string): string => `export function initPlugin({ app, log }: any, plugin: any) {
  const endless = (type: string) => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("${label}")) }), { headers: { "content-type": type } });
  app.get("/", (context: any) => context.text(context.get("setup") + " ${label}"));
  app.get("/empty", (context: any) => context.body(null, 204));
  app.get("/endless", () => endless("text/plain"));
  app.get("/events", () => endless("text/event-stream"));
  plugin.defer(() => log.push("end ${label}"));
}`;

describe("honoRoutes without a Node.js server", () => {
  test("holds a generation until the body is read, or nobody reads it any more", async () => {
    const app = new Hono<{ Variables: { setup: string } }>();
    const routes = honoRoutes(app, {
      setup: (router, { name }) =>
        router.use(async (context, next) => {
          context.set("setup", name);
          await next();
        }),
    });
    const log: string[] = [];
    using folder = createFolder(plugin("a", code("1")));
    await using host = await loadFrom(folder, { context: { app: routes, log } });
    assert.equal(await (await app.request("/plugins/a")).text(), "a 1");
    assert.equal((await app.request("/plugins/a/empty")).status, 204);
    const endless = await app.request("/plugins/a/endless");
    const events = await app.request("/plugins/a/events");
    folder.write(plugin("a", code("2")));
    await host.reload("a");
    assert.equal(await events.text(), "1");
    assert.equal(await (await app.request("/plugins/a")).text(), "a 2");
    assert.deepEqual(log, []);
    await endless.body!.cancel();
    await host.settled();
    assert.deepEqual(log, ["end 1"]);
  });

  test("gives the application's context only for requests of plugins", () => {
    assert.throws(() => hostRequest(new Request("http://a/")), TypeError);
  });
});

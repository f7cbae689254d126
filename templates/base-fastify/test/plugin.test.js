import assert from "node:assert/strict";
import { test } from "node:test";
import { fastifyRoutes } from "@plugo/node/fastify";
import { loadPlugin } from "@plugo/node/testing";
import Fastify from "fastify";

/**
 * Loads the plugin for one test, in an application of its own. When the test ends, it fails if the plugin has left
 * anything behind: a timer, a listener, a handle, a route.
 *
 * @param {import("node:test").TestContext} t
 * @param {Omit<import("@plugo/node/testing").LoadPluginOptions, "context">} [options]
 */
async function start(t, options) {
  const app = Fastify();
  const samplePlugin = await loadPlugin(new URL("..", import.meta.url), {
    ...options,
    context: { app: fastifyRoutes(app) },
  });
  t.after(() => samplePlugin.dispose());
  t.after(() => app.close());
  /**
   * Asks the application, without a server.
   *
   * @param {string} path
   * @param {RequestInit} [init]
   */
  const ask = async (path, init) => {
    const { method, headers, body } = new Request(`http://localhost${path}`, init);
    const payload = body === null ? undefined : await new Response(body).text();
    const answer = await app.inject({
      url: path,
      method: /** @type {"GET" | "POST" | "PUT" | "DELETE"} */ (method),
      headers: Object.fromEntries(headers),
      ...(payload === undefined ? {} : { payload }),
    });
    /** @type {[string, string][]} */
    const pairs = Object.entries(answer.headers).flatMap(([name, value]) =>
      [value].flat().map((one) => /** @type {[string, string]} */ ([name, String(one)])),
    );
    const hasBody = ![204, 304].includes(answer.statusCode);
    return new Response(hasBody ? answer.body : null, { status: answer.statusCode, headers: pairs });
  };
  return { samplePlugin, ask };
}

test("sample_plugin greets who asks", async (t) => {
  const { ask } = await start(t);
  const answer = await ask("/sample-plugin?who=Ada");
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain/);
  assert.equal(await answer.text(), "Hello, Ada!");
});

test("sample_plugin greets with the words of its config", async (t) => {
  const { ask } = await start(t, { config: { greeting: "Good morning" } });
  assert.equal(await (await ask("/sample-plugin")).text(), "Good morning, world!");
});

test("sample_plugin gives plugins that depend on it the same greeting", async (t) => {
  const { samplePlugin } = await start(t);
  const api = /** @type {import("../plugin.ts").SamplePluginApi} */ (samplePlugin.api);
  assert.equal(api.greet("Ada"), "Hello, Ada!");
});

test("sample_plugin tells how often it greeted when it ends", async (t) => {
  /** @type {string[]} */
  const lines = [];
  /** @param {string} line */
  const keep = (line) => void lines.push(line);
  const { ask, samplePlugin } = await start(t, { logger: { debug: keep, info: keep, warn: keep, error: keep } });
  await (await ask("/sample-plugin")).text();
  await samplePlugin.reload();
  assert.ok(
    lines.some((line) => line.endsWith("greeted 1 times")),
    lines.join("\n"),
  );
});

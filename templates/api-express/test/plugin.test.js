import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { expressRoutes } from "@plugo/node/express";
import { loadPlugin } from "@plugo/node/testing";
import express from "express";

/**
 * Loads the plugin for one test, in an application on a loopback port. When the test ends, it fails if the plugin has
 * left anything behind: a timer, a listener, a handle, a route.
 *
 * @param {import("node:test").TestContext} t
 * @param {Omit<import("@plugo/node/testing").LoadPluginOptions, "context">} [options]
 */
async function start(t, options) {
  const app = express();
  const samplePlugin = await loadPlugin(new URL("..", import.meta.url), {
    ...options,
    context: { app: expressRoutes(app) },
  });
  t.after(() => samplePlugin.dispose());
  const server = app.listen(0, "127.0.0.1");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    samplePlugin,
    /**
     * Asks the application; redirects are not followed.
     *
     * @param {string} path
     * @param {RequestInit} [init]
     */
    ask: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual", ...init }),
  };
}

const base = "/sample-plugin";
const lamp = { name: "Lamp", quantity: 2, notes: "By the window" };

/**
 * A request with a JSON body.
 *
 * @param {string} method
 * @param {unknown} body
 * @returns {RequestInit}
 */
function sending(method, body) {
  return { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/**
 * @param {Response} answer
 * @returns {Promise<any>}
 */
function jsonOf(answer) {
  return answer.json();
}

/**
 * Checks that an answer is a problem, and gives it.
 *
 * @param {Response} answer
 * @param {number} status
 */
async function problemIn(answer, status) {
  assert.equal(answer.status, status);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
  const problem = await jsonOf(answer);
  assert.equal(problem.status, status);
  assert.equal(typeof problem.title, "string");
  assert.equal(typeof problem.detail, "string");
  return problem;
}

test("what is created can be read, replaced, listed and deleted", async (t) => {
  const { ask } = await start(t);
  const created = await ask(`${base}/items`, sending("POST", lamp));
  assert.equal(created.status, 201);
  assert.equal(created.headers.get("location"), `${base}/items/1`);
  assert.deepEqual(await jsonOf(created), { id: "1", ...lamp });
  const read = await ask(`${base}/items/1`);
  assert.match(read.headers.get("content-type") ?? "", /^application\/json/);
  assert.deepEqual(await jsonOf(read), { id: "1", ...lamp });

  const replaced = await ask(`${base}/items/1`, sending("PUT", { name: " Desk lamp ", quantity: 1 }));
  assert.equal(replaced.status, 200);
  const desk = { id: "1", name: "Desk lamp", quantity: 1, notes: "" };
  assert.deepEqual(await jsonOf(replaced), desk);
  const list = await ask(`${base}/items`);
  assert.deepEqual(await jsonOf(list), { items: [desk], page: 1, limit: 20, total: 1 });

  const deleted = await ask(`${base}/items/1`, { method: "DELETE" });
  assert.equal(deleted.status, 204);
  assert.equal(await deleted.text(), "");
  await problemIn(await ask(`${base}/items/1`), 404);
  await problemIn(await ask(`${base}/items/1`, { method: "DELETE" }), 404);
  await problemIn(await ask(`${base}/items/1`, sending("PUT", lamp)), 404);
});

test("what is not valid is refused with everything that is wrong", async (t) => {
  const { ask } = await start(t);
  const problem = await problemIn(await ask(`${base}/items`, sending("POST", { name: " ", quantity: 1.5 })), 422);
  assert.deepEqual(problem.errors, [
    { pointer: "/name", detail: "Enter a name." },
    { pointer: "/quantity", detail: "Enter a whole number, such as 3." },
  ]);
  await problemIn(await ask(`${base}/items`, sending("POST", [])), 422);
  const headers = { "content-type": "application/json" };
  await problemIn(await ask(`${base}/items`, { method: "POST", headers, body: "{" }), 400);
  await problemIn(await ask(`${base}/items`, { method: "POST", body: "name=Lamp" }), 415);
  await problemIn(await ask(`${base}/items`, { method: "POST", headers, body: `"${"x".repeat(2_000_000)}"` }), 413);
  assert.equal((await jsonOf(await ask(`${base}/items`))).total, 0);
});

test("a long list has pages, which link to each other", async (t) => {
  const { ask } = await start(t);
  for (let number = 1; number <= 5; number += 1) {
    await ask(`${base}/items`, sending("POST", { ...lamp, name: `Lamp ${number}` }));
  }
  const answer = await ask(`${base}/items?page=2&limit=2`);
  const { items, total } = await jsonOf(answer);
  assert.deepEqual(
    [items.map(/** @param {{ name: string }} item */ (item) => item.name), total],
    [["Lamp 3", "Lamp 4"], 5],
  );
  assert.equal(
    answer.headers.get("link"),
    [
      `<${base}/items?page=1&limit=2>; rel="first"`,
      `<${base}/items?page=1&limit=2>; rel="prev"`,
      `<${base}/items?page=3&limit=2>; rel="next"`,
      `<${base}/items?page=3&limit=2>; rel="last"`,
    ].join(", "),
  );
  const first = (await ask(`${base}/items?limit=2`)).headers.get("link") ?? "";
  assert.match(first, /rel="next"/);
  assert.doesNotMatch(first, /rel="prev"/);
  const last = (await ask(`${base}/items?page=3&limit=2`)).headers.get("link") ?? "";
  assert.match(last, /rel="prev"/);
  assert.doesNotMatch(last, /rel="next"/);
  const problem = await problemIn(await ask(`${base}/items?page=0&limit=101`), 400);
  assert.deepEqual(
    problem.errors.map(/** @param {{ pointer: string }} error */ ({ pointer }) => pointer),
    ["/page", "/limit"],
  );
});

test("a path or a method that there is not is answered with a problem", async (t) => {
  const { ask } = await start(t);
  await problemIn(await ask(`${base}/nothing`), 404);
  const answer = await ask(`${base}/items`, { method: "DELETE" });
  assert.equal(answer.headers.get("allow"), "GET, HEAD, POST");
  await problemIn(answer, 405);
  const other = await ask(`${base}/items/1`, { method: "POST" });
  assert.equal(other.headers.get("allow"), "GET, HEAD, PUT, DELETE");
  await problemIn(other, 405);
});

test("an error that nothing expects is answered without its details, and logged", async (t) => {
  /** @type {string[]} */
  const lines = [];
  /** @param {string} line */
  const keep = (line) => void lines.push(line);
  const { ask, samplePlugin } = await start(t, { logger: { debug: keep, info: keep, warn: keep, error: keep } });
  const { items } = /** @type {import("../plugin.ts").SamplePluginApi} */ (samplePlugin.api);
  Object.assign(items, { find: () => Promise.reject(new Error("the database is gone")) });
  const problem = await problemIn(await ask(`${base}/items/1`), 500);
  assert.doesNotMatch(JSON.stringify(problem), /database/);
  assert.ok(lines.some((line) => line.includes("the database is gone")));
});

test("the OpenAPI document says what the API does, and the page shows it", async (t) => {
  const { ask } = await start(t);
  const document = await jsonOf(await ask(`${base}/openapi.json`));
  assert.equal(document.openapi, "3.1.0");
  assert.deepEqual(document.servers, [{ url: base }]);
  assert.deepEqual(Object.keys(document.paths), ["/items", "/items/{id}"]);
  assert.equal(document.components.schemas.ItemInput.properties.name.maxLength, 80);
  for (const [reference] of JSON.stringify(document).matchAll(/#\/components\/schemas\/\w+/g)) {
    assert.ok(reference.slice("#/components/schemas/".length) in document.components.schemas, reference);
  }
  const page = await ask(base);
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  const html = await page.text();
  assert.match(html, /Create one item/);
  assert.doesNotMatch(html, /<script|https?:\/\//, "it works offline");
  const stylesheet = /<link rel="stylesheet" href="([^"]+)">/.exec(html)?.[1] ?? "";
  assert.equal((await ask(stylesheet)).status, 200);
});

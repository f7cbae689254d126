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

/** Keeps cookies from answer to answer, as a browser does, and knows the token of the last form. */
class Browser {
  #ask;
  #cookies = new Map();
  #token = "";

  /** @param {(path: string, init?: RequestInit) => Promise<Response>} ask */
  constructor(ask) {
    this.#ask = ask;
  }

  /** @param {string} path */
  open(path) {
    return this.#send(path, {});
  }

  /**
   * Sends a form with the token of the last page.
   *
   * @param {string} path
   * @param {Record<string, string>} [fields]
   */
  submit(path, fields = {}) {
    return this.#send(path, { method: "POST", body: new URLSearchParams({ _csrf: this.#token, ...fields }) });
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  async #send(path, init) {
    const cookie = Array.from(this.#cookies, (pair) => pair.join("=")).join("; ");
    const answer = await this.#ask(path, { ...init, headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";", 1)[0]?.split("=") ?? [];
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const html = await answer.text();
    this.#token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? this.#token;
    return { status: answer.status, location: answer.headers.get("location"), headers: answer.headers, html };
  }
}

const base = "/sample-plugin";
const lamp = { name: "Lamp", quantity: "2", notes: "By the window" };

test("the list says so when there are no items", async (t) => {
  const { ask } = await start(t);
  const { status, html, headers } = await new Browser(ask).open(base);
  assert.equal(status, 200);
  assert.match(html, /No items yet/);
  assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
});

test("a form creates what is then listed, shown, edited and deleted, with a message each time", async (t) => {
  const { ask } = await start(t);
  const browser = new Browser(ask);
  await browser.open(`${base}/new`);
  const created = await browser.submit(base, lamp);
  assert.deepEqual([created.status, created.location], [303, `${base}/1`]);
  const shown = await browser.open(`${base}/1`);
  assert.match(shown.html, /“Lamp” was created\./);
  assert.match(shown.html, /By the window/);
  assert.doesNotMatch((await browser.open(`${base}/1`)).html, /was created/, "the message is shown once");
  assert.match((await browser.open(base)).html, /<a href="\/sample-plugin\/1">Lamp<\/a>/);

  assert.match((await browser.open(`${base}/1/edit`)).html, /value="Lamp"/);
  const saved = await browser.submit(`${base}/1`, { ...lamp, name: "Desk lamp" });
  assert.deepEqual([saved.status, saved.location], [303, `${base}/1`]);
  assert.match((await browser.open(`${base}/1`)).html, /“Desk lamp” was saved\./);

  const deleted = await browser.submit(`${base}/1/delete`);
  assert.deepEqual([deleted.status, deleted.location], [303, base]);
  const list = await browser.open(base);
  assert.match(list.html, /“Desk lamp” was deleted\./);
  assert.match(list.html, /No items yet/);
});

test("a form with mistakes comes back with what was typed, and says what is wrong", async (t) => {
  const { ask } = await start(t);
  const browser = new Browser(ask);
  await browser.open(`${base}/new`);
  const answer = await browser.submit(base, { name: "  ", quantity: "many", notes: "Kept <b>" });
  assert.equal(answer.status, 422);
  assert.match(answer.html, /<title>Error: New item/);
  assert.match(answer.html, /id="name-error">Enter a name\./);
  assert.match(answer.html, /id="quantity-error">Enter a whole number/);
  assert.match(answer.html, /value="many"/);
  assert.match(answer.html, /Kept &lt;b&gt;/);
  assert.match((await browser.open(base)).html, /No items yet/);
});

test("a form that did not come from here is refused", async (t) => {
  const { ask } = await start(t);
  const browser = new Browser(ask);
  assert.equal((await browser.submit(base, lamp)).status, 403);
  await browser.open(`${base}/new`);
  const forged = await browser.submit(base, { ...lamp, _csrf: "made-up" });
  assert.equal(forged.status, 403);
  assert.match(forged.html, /Nothing was changed/);
  const stranger = new Browser(ask);
  await stranger.open(`${base}/new`);
  const stolen = await stranger.submit(base, { ...lamp, _csrf: "" });
  assert.equal(stolen.status, 403);
  assert.match((await browser.open(base)).html, /No items yet/);
});

test("what people type is shown as text", async (t) => {
  const { ask } = await start(t);
  const browser = new Browser(ask);
  await browser.open(`${base}/new`);
  await browser.submit(base, { ...lamp, name: "<script>alert(1)</script>", notes: `"><img src=x>` });
  for (const path of [base, `${base}/1`, `${base}/1/edit`]) {
    const { html } = await browser.open(path);
    assert.match(html, /&lt;script&gt;alert\(1\)/, path);
    assert.doesNotMatch(html, /<script|<img/, path);
  }
});

test("what is not there gets a page that says so", async (t) => {
  const { ask } = await start(t);
  const browser = new Browser(ask);
  for (const path of [
    `${base}/7`,
    `${base}/7/edit`,
    `${base}/no/such/page`,
    `${base}/assets/none.css`,
    `${base}?page=9`,
  ]) {
    const { status, html } = await browser.open(path);
    assert.equal(status, 404, path);
    assert.match(html, /There is nothing here/, path);
  }
});

test("a long list has pages", async (t) => {
  const { ask, samplePlugin } = await start(t);
  const { items } = /** @type {import("../plugin.ts").SamplePluginApi} */ (samplePlugin.api);
  for (let number = 1; number <= 41; number += 1)
    await items.create({ name: `Lamp ${number}`, quantity: 1, notes: "" });
  const { html } = await new Browser(ask).open(`${base}?page=2`);
  assert.match(html, />Lamp 21</);
  assert.doesNotMatch(html, />Lamp 20</);
  assert.match(html, /Page 2 of 3/);
});

test("the stylesheet is served by the plugin, and kept by browsers until it changes", async (t) => {
  const { ask } = await start(t);
  const { html } = await new Browser(ask).open(base);
  const href = /<link rel="stylesheet" href="([^"]+)">/.exec(html)?.[1] ?? "";
  assert.match(href, /^\/sample-plugin\/assets\/style\.css\?v=\w+$/);
  const answer = await ask(href);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/css/);
  assert.match(answer.headers.get("cache-control") ?? "", /immutable/);
  assert.match(await answer.text(), /color-scheme: light dark/);
});

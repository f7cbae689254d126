import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { exampleFile, ExampleProcess } from "./example-process.ts";

/** A small application with the example's routes. It reloads and closes when a line on standard input says so. */
const application = `
  import { once } from "node:events";
  import { createInterface } from "node:readline";
  import express from "express";
  import { loadPlugins } from "@plugo/node";
  import { pluginRoutes } from "./plugin-routes.js";

  const app = express();
  const gate = new AbortController();
  const context = { app: pluginRoutes(app), opened: once(gate.signal, "abort") };
  app.get("/open", (_request, response) => response.end(void gate.abort() ?? ""));
  const host = await loadPlugins({ pluginDirectory: process.argv[1], context });
  const server = app.listen(0, () => console.log("listening on " + server.address().port));
  for await (const line of createInterface(process.stdin)) {
    const report = line === "close" ? await host.close() : await host.reload();
    console.log(line + " done: " + (report?.problems.map(({ code }) => code).join() || "no problem"));
  }
`;

/** A plugin with a page of its own for each version. */
const page = (version: string): string => `
  export function initPlugin({ app, opened }: any, plugin: any) {
    app.get("/version", (_request: any, response: any) => response.send("${version}"));
    app.get("/only-${version}", (_request: any, response: any) => response.send("${version}"));
    app.get("/slow", async (_request: any, response: any) => {
      console.log("slow ${version} began");
      await opened;
      response.send("${version}");
    });
    plugin.defer(() => console.log("${version} disposed"));
  }
`;

describe("pluginRoutes of examples/express-plugins", () => {
  let folder = "";
  let app: ExampleProcess;
  let url = "";

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), "plugo-test-")));
    mkdirSync(path.join(folder, "pages"));
    writeFileSync(path.join(folder, "pages", "metadata.json"), "{}");
    save(page("v1"));
    // No file, so that its imports are looked up from the example's folder.
    const args = ["--input-type=module", "--eval", application, folder];
    app = new ExampleProcess(args, { cwd: exampleFile("express-plugins") });
    const [, port] = await app.waitFor(/listening on (\d+)/);
    url = `http://localhost:${port}/plugins/pages`;
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  function save(code: string): void {
    writeFileSync(path.join(folder, "pages", "plugin.ts"), code);
  }

  async function reload(): Promise<string> {
    const from = app.output.length;
    app.send("reload");
    const [, problems] = await app.waitFor(new RegExp(`(?<=^[^]{${from},})reload done: (.*)`));
    return problems ?? "";
  }

  async function get(route: string): Promise<string> {
    const response = await fetch(`${url}${route}`);
    return response.ok ? response.text() : String(response.status);
  }

  it("shows the new router alone after a reload", async () => {
    assert.deepEqual(await Promise.all(["/version", "/only-v1", "/only-v2"].map(get)), ["v1", "v1", "404"]);
    save(page("v2"));
    assert.equal(await reload(), "no problem");
    assert.deepEqual(await Promise.all(["/version", "/only-v1", "/only-v2"].map(get)), ["v2", "404", "v2"]);
  });

  it("keeps the old router when the new generation fails after it added routes", async () => {
    save(page("v2").replace("plugin.defer", "throw new Error('no'); plugin.defer"));
    assert.equal(await reload(), "PLUGO_INIT_FAILED");
    assert.deepEqual(await Promise.all(["/version", "/only-v1", "/only-v2"].map(get)), ["v1", "v1", "404"]);
  });

  it("keeps a generation until its last response has ended", async () => {
    const slow = get("/slow");
    await app.waitFor(/slow v1 began/);
    save(page("v2"));
    assert.equal(await reload(), "no problem");
    assert.equal(await get("/version"), "v2");
    assert.doesNotMatch(app.output, /v1 disposed/);
    await fetch(new URL("/open", url));
    assert.equal(await slow, "v1");
    await app.waitFor(/v1 disposed/);
  });

  it("has the host's close wait for a response, while new requests fall through", async () => {
    const slow = get("/slow");
    await app.waitFor(/slow v1 began/);
    app.send("close");
    while ((await get("/version")) !== "404");
    assert.doesNotMatch(app.output, /v1 disposed|close done/);
    await fetch(new URL("/open", url));
    assert.equal(await slow, "v1");
    await app.waitFor(/v1 disposed[^]*close done/);
  });

  it("lets the plugin's paths fall through once the host is closed", async () => {
    app.send("close");
    await app.waitFor(/close done/);
    assert.equal(await get("/version"), "404");
  });
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { exampleFile, ExampleProcess } from "./example-process.ts";

const hasSignals = process.platform !== "win32";

describe("examples/express-plugins", () => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "plugo-test-")));
  after(() => rmSync(folder, { recursive: true }));

  function start(env: Record<string, string> = {}): ExampleProcess {
    // A working directory that has nothing to do with it.
    return new ExampleProcess([exampleFile("express-plugins/app.js")], { cwd: folder, env: { PORT: "0", ...env } });
  }

  async function urlOf(app: ExampleProcess): Promise<string> {
    await app.waitFor(/Press Ctrl-C/);
    const [, url] = await app.waitFor(/^Open (http:\S+)\/$/m);
    return url ?? "";
  }

  it("prints what was loaded, from where and why, and how long each part took", async () => {
    await using app = start();
    await app.waitFor(/Press Ctrl-C/);
    const time = String.raw`\s+\d+\.\d`;
    assert.match(app.output, /^plugin +version +phase +source +load ms +init ms +why$/m);
    assert.match(
      app.output,
      new RegExp(`^test_env_plugin +1\\.0\\.0 +active +list${time}${time} +active in PLUGINS$`, "m"),
    );
    assert.match(app.output, new RegExp(`^sample_plugin +1\\.0\\.0 +active +config${time}${time} +enabled in `, "m"));
    assert.match(app.output, new RegExp(`^SomeOtherPlugin +1\\.0\\.0 +active +env${time}${time} +enabled by `, "m"));
    assert.match(app.output, /^another_plugin +1\.0\.0 +disabled +config +- +- +disabled in .*plugins_config\.json$/m);
  });

  it("serves the pages of the plugins that it names, and no others", async () => {
    await using app = start();
    const url = await urlOf(app);
    const pages = Array.from(app.output.matchAll(/http:\S+\/plugins\/(\S+)/g), ([, name]) => name);
    assert.deepEqual(pages, ["test_env_plugin", "sample_plugin", "SomeOtherPlugin"]);

    const sample = await fetch(`${url}/plugins/sample_plugin`);
    assert.equal(sample.status, 200);
    assert.match(
      await sample.text(),
      /^Hello from sample_plugin!\nThis is Node\.js v\d.*, started a few seconds ago\.\n$/,
    );
    assert.deepEqual(Object.keys((await (await fetch(`${url}/plugins/test_env_plugin`)).json()) as object), [
      "node",
      "platform",
      "startedAt",
    ]);
    const first = (await (await fetch(`${url}/plugins/SomeOtherPlugin`)).json()) as { id: string };
    assert.match(first.id, /^[\w-]{21}$/);
    assert.equal((await fetch(`${url}/plugins/another_plugin`)).status, 404);
    assert.equal((await fetch(`${url}/plugins/sample_plugin/nothing`)).status, 404);
    const home = await (await fetch(`${url}/`)).text();
    assert.match(home, /<a href="\/plugins\/sample_plugin">/);
    assert.doesNotMatch(home, /another_plugin/);
  });

  it("loads what ENABLED_PLUGINS names instead, when it is set outside", async () => {
    await using app = start({ ENABLED_PLUGINS: "another_plugin" });
    const url = await urlOf(app);
    assert.equal(await (await fetch(`${url}/plugins/another_plugin`)).text(), "Hello from another_plugin!\n");
    assert.equal((await fetch(`${url}/plugins/SomeOtherPlugin`)).status, 404);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`ends every plugin and exits with 0 on ${signal}`, { skip: !hasSignals }, async () => {
      await using app = start();
      const url = await urlOf(app);
      // Leaves an idle connection behind, which must not hold it up.
      await (await fetch(`${url}/plugins/sample_plugin`)).text();
      assert.equal(await app.end(signal), 0, app.output);
      const stopped = Array.from(app.output.matchAll(/\[(\w+)\] stopped/g), ([, name]) => name);
      assert.deepEqual(stopped, ["SomeOtherPlugin", "sample_plugin", "test_env_plugin"]);
      assert.match(app.output, /Closed\.\n$/);
    });
  }

  it("ends its start with what its plugins need of npm packages, in a file beside it", async () => {
    const file = exampleFile("express-plugins/package-plugins.json");
    rmSync(file, { force: true });
    await using app = start();
    await urlOf(app);
    const written = JSON.parse(readFileSync(file, "utf8")) as object;
    assert.deepEqual(Object.keys(written), ["name", "version", "private", "plugo"]);
  });

  it("takes the next free port when one is taken", async () => {
    await using other = createServer().listen(0);
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await using app = start({ PORT: String(port) });
    const url = new URL(await urlOf(app));
    assert.match(app.output, new RegExp(`^Port ${port} is taken\\.$`, "m"));
    assert.ok(Number(url.port) > port, url.href);
    assert.equal((await fetch(url)).status, 200);
  });
});

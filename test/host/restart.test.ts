import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { codes, loadFrom, phases } from "../support/load.ts";
import { createFolder, plugin, tracingPlugin, type Files } from "../support/plugin-folder.ts";

/** A plugin that listens on a port, which only one generation at a time can have. */
function listener(label: string, extra = ""): Files {
  return plugin(
    "port",
    `import { createServer } from "node:http";
    import { once } from "node:events";
    export async function initPlugin({ port, log }: any, plugin: any) {
      const server = createServer((_request, response) => response.end("${label}"));
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      plugin.defer(() => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }));
      log.push("listen ${label}");
      ${extra}
      return { label: "${label}" };
    }`,
    { reload: "restart" },
  );
}

const user = plugin(
  "user",
  `export function initPlugin({ log }: any, plugin: any) {
    const { label } = plugin.dependency("port");
    log.push("use " + label);
    plugin.defer(() => log.push("leave " + label));
  }`,
  { dependencies: ["port"] },
);

describe('"reload": "restart"', () => {
  test("takes the old generation and its dependents out first, and brings the new ones in", async () => {
    const port = await freePort();
    const log: string[] = [];
    using folder = createFolder({ ...listener("one"), ...user, ...plugin("other", tracingPlugin("other")) });
    await using host = await loadFrom(folder, { context: { port, log } });
    folder.write(listener("two"));
    const report = await host.reload("port");
    assert.deepEqual(report.problems, []);
    assert.deepEqual(report.loaded, ["port", "user"]);
    assert.deepEqual(log, ["init other", "listen one", "use one", "leave one", "listen two", "use two"]);
    assert.equal(await textAt(port), "two");
  });

  test("never stops the old generation for a save that is broken", async () => {
    const port = await freePort();
    const log: string[] = [];
    using folder = createFolder({ ...listener("one"), ...user });
    await using host = await loadFrom(folder, { context: { port, log } });
    for (const broken of ["export function (", `throw new Error("top")`]) {
      folder.write({ "port/plugin.ts": broken });
      await host.reload("port");
      assert.equal(await textAt(port), "one");
    }
    assert.deepEqual(log, ["listen one", "use one"]);
    assert.deepEqual(phases(host), { port: "active", user: "active" });
  });

  test("brings the old sources back when the new generation fails, though the files have changed", async () => {
    const port = await freePort();
    const log: string[] = [];
    using folder = createFolder({ ...listener("one"), ...user });
    await using host = await loadFrom(folder, { context: { port, log } });
    folder.write(listener("two", `throw new Error("not today");`));
    const report = await host.reload("port");
    assert.deepEqual(codes(host).toSorted(), ["port: PLUGO_INIT_FAILED", "user: PLUGO_NOT_SWAPPED"]);
    assert.deepEqual(log, ["listen one", "use one", "leave one", "listen two", "listen one", "use one"]);
    assert.equal(await textAt(port), "one");
    assert.deepEqual(host.get("port"), { label: "one" });
    assert.deepEqual(phases(host), { port: "active", user: "active" });
    assert.deepEqual(report.loaded, ["port", "user"]);

    folder.write(listener("three"));
    await host.reload("port");
    assert.equal(await textAt(port), "three");
    assert.deepEqual(
      host.snapshot().plugins.map(({ problem }) => problem),
      [null, null],
    );
  });

  test("leaves the plugin failed and its dependents blocked when the old one cannot come back either", async () => {
    const port = await freePort();
    const blocker: { server?: Server } = {};
    using folder = createFolder({ ...listener("one"), ...user });
    await using host = await loadFrom(folder, { context: { port, log: [], blocker, createServer } });
    // The new generation leaves the port taken by something that nobody owns.
    folder.write(
      plugin(
        "port",
        `export async function initPlugin({ port, blocker, createServer }: any) {
          blocker.server = createServer(() => {}).listen(port, "127.0.0.1");
          await new Promise((resolve) => blocker.server.once("listening", resolve));
          throw new Error("and now this");
        }`,
        { reload: "restart" },
      ),
    );
    await host.reload("port");
    assert.deepEqual(phases(host), { port: "failed", user: "blocked" });
    const [first, second] = host.snapshot().plugins;
    assert.equal(first?.problem?.code, "PLUGO_INIT_FAILED");
    assert.match(first?.problem?.message ?? "", /EADDRINUSE/);
    assert.equal(second?.problem?.code, "PLUGO_DEPENDENCY_FAILED");
    blocker.server?.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function textAt(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
  return response.text();
}

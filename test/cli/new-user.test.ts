import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { findInstaller } from "#src/environments/installers/find-installer.js";
import { npmTool } from "#src/environments/installers/npm-tool.js";
import { ExampleProcess } from "../examples/example-process.ts";
import { createFolder, type TestFolder } from "../support/plugin-folder.ts";
import { runOwnTests } from "../templates/run-own-tests.ts";
import { checkout, cleanEnv } from "./run-plugo.ts";

const kinds = ["base", "ui", "api"] as const;
const underAMinuteMs = 60_000;
const npm = findInstaller(npmTool, { hostFolder: checkout, env: process.env });

/** Runs npm in a folder, and returns what it printed. */
function runNpm(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(npm.command, [...npm.leading, ...args], {
    cwd: folder,
    env: cleanEnv(),
    encoding: "utf8",
    timeout: 240_000,
  });
  assert.equal(status, 0, `npm ${args.join(" ")}\n${stdout}\n${stderr}`);
  return stdout;
}

/** From an empty folder and the package as it is published, with the packages of the npm registry. */
describe("a new user", () => {
  let packed: TestFolder;
  let tarball = "";
  before(() => {
    packed = createFolder();
    const output = runNpm(checkout, "pack", "--ignore-scripts", "--silent", "--pack-destination", packed.path);
    tarball = packed.at(output.trim().split("\n").at(-1) ?? "");
  });
  after(() => packed[Symbol.dispose]());

  for (const framework of ["express", "fastify", "hono"]) {
    test(`makes an application of ${framework} and one plugin of each kind, sees them, and changes one`, async () => {
      using folder = createFolder();
      const startTime = performance.now();
      runNpm(
        folder.path,
        "exec",
        "--yes",
        `--package=file:${tarball}`,
        "--",
        "plugo",
        "new-app",
        "shop",
        "--framework",
        framework,
      );
      const shop = folder.at("shop");
      await using app = startApp(shop);
      const [, address = ""] = await app.waitFor(/Open (http:\/\/\S+)\/ and/);
      assert.match(await textOf(`${address}/plugins/hello`), /Hello from hello!/);
      assert.ok(performance.now() - startTime < underAMinuteMs, "it runs in under a minute");

      const plugo = (...args: readonly string[]): string => runNpm(shop, "run", "--silent", "plugo", "--", ...args);
      for (const kind of kinds) {
        plugo(`new-${kind}-plugin`, "--name", `My ${kind}`, "--description", "Made by a test.");
        await app.waitFor(new RegExp(`\\[my_${kind}\\] loaded`));
      }
      assert.match(await textOf(`${address}/my-base?who=Ada`), /Hello, Ada!/);
      assert.match(await textOf(`${address}/my-ui`), /<html/);
      assert.match(await textOf(`${address}/my-api/openapi.json`), /"openapi"/);
      assert.match(plugo("list"), /my_api +\S+ +ready[^]*my_base +\S+ +ready[^]*my_ui +\S+ +ready/);

      const home = await textOf(`${address}/`);
      const links = Array.from(home.matchAll(/href="([^"]+)"/g), ([, path = ""]) => path);
      assert.deepEqual(links.toSorted(), ["/my-api", "/my-base", "/my-ui", "/plugins/hello"]);
      for (const path of links) await textOf(address + path);

      const file = `${shop}/plugins/hello/plugin.ts`;
      writeFileSync(file, readFileSync(file, "utf8").replace("Hello from", "Good morning from"));
      await app.waitFor(/\[hello\] reloaded/);
      assert.match(await textOf(`${address}/plugins/hello`), /Good morning from hello!/);

      for (const kind of kinds) {
        const { exitCode, output } = await runOwnTests(`${shop}/plugins/my_${kind}`);
        assert.equal(exitCode, 0, output);
        assert.match(output, /^# pass [1-9]/m);
      }
      runNpm(shop, "run", "check");
      assert.equal(await app.end("SIGTERM"), 0);
    });
  }
});

/** As `npm start` does, but as one process, which signals reach. */
function startApp(shop: string): ExampleProcess {
  const { scripts } = JSON.parse(readFileSync(`${shop}/package.json`, "utf8")) as { scripts: { start: string } };
  const [node, ...args] = scripts.start.split(" ");
  assert.equal(node, "node");
  return new ExampleProcess(args, { cwd: shop, env: { PORT: "0" } });
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  assert.equal(response.status, 200, `${url}: ${text}`);
  return text;
}

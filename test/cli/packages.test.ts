import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { ConsolidateJson, FailureJson, InstallJson, PruneJson } from "@plugo/node/cli";
import type { TestFolder } from "../support/plugin-folder.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { plugoJson, runPlugo } from "./run-plugo.ts";
import { createGoodShop } from "./shop.ts";

/** `orders` and `auth` need packages, `needy` needs none. */
function createPackagedShop(range = "^1.0.0"): TestFolder {
  return createGoodShop({
    "plugins/orders/package.json": { dependencies: { small: "^1.0.0" } },
    "plugins/auth/package.json": { dependencies: { small: range } },
    "plugins/orders/plugin.ts": 'import small from "small"; export const initPlugin = () => small.version;',
  });
}

describe("the packages of plugins", () => {
  let registry: TestRegistry;
  before(async () => {
    registry = await startRegistry();
    registry.publish("small", "1.0.0");
    registry.publish("small", "1.4.0");
    registry.publish("small", "2.0.0");
  });
  after(async () => registry[Symbol.asyncDispose]());

  const statesOf = ({ plugins }: InstallJson): Record<string, string> =>
    Object.fromEntries(plugins.map(({ name, state }) => [name, state]));

  test("plugo install builds the environments, once, and links them", async () => {
    using shop = createPackagedShop();
    const options = { env: registry.env() };
    const first = await plugoJson<InstallJson>(shop.at("src/deep"), ["install"], options);
    assert.equal(first.ok, true);
    assert.equal(first.home, shop.at(".plugo/venvs"));
    assert.deepEqual(statesOf(first), { auth: "installed", orders: "installed", needy: "none" });
    assert.ok(existsSync(shop.at("plugins/orders/node_modules/small/package.json")));
    const again = await runPlugo(shop.path, ["install"], options);
    assert.equal(again.exitCode, 0);
    assert.match(again.stdout, /\norders has its packages already\n/);
    assert.match(again.stdout, /\nneedy needs no packages of its own\n/);
    // What is installed is found when files are evaluated.
    assert.match((await runPlugo(shop.path, ["list", "--load"], options)).stdout, /orders +1\.2\.0 +ready/);
  });

  test("plugo install exits with 1 when one plugin cannot have its packages, and installs the others'", async () => {
    using shop = createPackagedShop();
    shop.write({ "plugins/auth/package.json": { dependencies: { nowhere: "^1.0.0" } } });
    const { exitCode, stdout } = await runPlugo(shop.path, ["install", "--json"], { env: registry.env() });
    assert.equal(exitCode, 1);
    const result = JSON.parse(stdout) as InstallJson;
    assert.equal(result.ok, false);
    assert.deepEqual(statesOf(result), { auth: "failed", orders: "installed", needy: "none" });
    const auth = result.plugins.find(({ name }) => name === "auth");
    assert.equal(auth?.problem?.code, "PLUGO_INSTALL_FAILED");
    assert.match(auth?.problem?.message ?? "", /nowhere/);
  });

  test("plugo install refuses an installer that there is not with 2", async () => {
    using shop = createPackagedShop();
    assert.equal((await runPlugo(shop.path, ["install", "--installer", "yarn"])).exitCode, 2);
  });

  test("plugo prune removes what no plugin uses any more, and nothing else", async () => {
    using shop = createPackagedShop();
    const options = { env: registry.env() };
    const { plugins } = await plugoJson<InstallJson>(shop.path, ["install"], options);
    const environmentOf = (name: string) => plugins.find((plugin) => plugin.name === name)?.environment ?? "";
    assert.deepEqual((await plugoJson<PruneJson>(shop.path, ["prune"], options)).removed, []);
    shop.remove("plugins/orders");
    const { removed } = await plugoJson<PruneJson>(shop.at("src"), ["prune"], options);
    assert.deepEqual(
      removed.map(({ path }) => path),
      [environmentOf("orders")],
    );
    assert.ok((removed[0]?.bytes ?? 0) > 0);
    assert.equal(existsSync(environmentOf("orders")), false);
    assert.equal(existsSync(environmentOf("auth")), true);
  });

  test("plugo prune has nothing to do where there are no environments", async () => {
    using shop = createGoodShop();
    const { exitCode, stdout } = await runPlugo(shop.path, ["prune"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Nothing to remove in \.plugo\/venvs\./);
  });

  test("plugo consolidate writes what the plugins that run need", async () => {
    using shop = createPackagedShop("^1.2.0");
    const { dependencies, outputFile } = await plugoJson<ConsolidateJson>(shop.path, ["consolidate"]);
    assert.deepEqual(dependencies, { small: "^1.2.0" });
    assert.equal(outputFile, shop.at("package-plugins.json"));
    assert.match(readFileSync(outputFile, "utf8"), /"small": "\^1\.2\.0"/);
    const elsewhere = await plugoJson<ConsolidateJson>(shop.at("src"), [
      "consolidate",
      "--format",
      "list",
      "--output",
      "all.txt",
    ]);
    assert.equal(elsewhere.outputFile, shop.at("src/all.txt"));
    assert.equal(readFileSync(shop.at("src/all.txt"), "utf8"), "small@^1.2.0\n");
  });

  test("plugo consolidate refuses a conflict with 1 and writes nothing, unless it is told how to settle it", async () => {
    using shop = createPackagedShop("^2.0.0");
    const { error } = await plugoJson<FailureJson>(shop.path, ["consolidate"]);
    assert.equal(error.code, "PLUGO_CONSOLIDATE_CONFLICT");
    assert.equal(existsSync(shop.at("package-plugins.json")), false);
    const { exitCode, stdout } = await runPlugo(shop.path, ["consolidate", "--strategy", "highest"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /\nsmall \^2\.0\.0\n$/);
    assert.match(error.remedy, /--strategy nest/);
    const nested = await runPlugo(shop.path, ["consolidate", "--strategy", "nest"]);
    assert.match(nested.stdout, /\nsmall \^[\d.]+ \(\w+\), \^[\d.]+ \(\w+\)\n$/);
  });
});

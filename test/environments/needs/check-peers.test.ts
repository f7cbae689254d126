import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Provision } from "#src/environments/provisioner.js";
import { isPlugoError } from "#src/kernel/plugo-error.js";
import { createArena, problemOf, provisionNow, provisionOf } from "../arena.ts";

const host = (name: string, version: string): Record<string, object> => ({
  [`node_modules/${name}/package.json`]: { name, version, exports: { ".": "./index.js" } },
});

describe("peerDependencies", () => {
  test("that the application meets are neither installed nor a reason for an environment", () => {
    using arena = createArena(
      {},
      {
        ...host("express", "5.1.0"),
        ...host("@scope/ui", "2.0.0-beta.1"),
        ...host("react", "19.0.0"),
        "plugins/shop/package.json": {
          peerDependencies: { express: "^4 || ^5", "@scope/ui": ">=1", absent: "^1", react: "workspace:*" },
          peerDependenciesMeta: { absent: { optional: true } },
        },
      },
    );
    const result = provisionNow(arena.provisioner(), arena.plugin("shop"));
    assert.ok(!isPlugoError(result) && result.environment === null);
    assert.ok(arena.provisioner().isCurrent(arena.plugin("shop"), result));
    arena.app.write({ "plugins/shop/package.json": { peerDependencies: { express: "5" } } });
    assert.ok(!arena.provisioner().isCurrent(arena.plugin("shop"), result));
  });

  test("that are not met are one error, which names both sides of each", async () => {
    using arena = createArena(
      {},
      {
        ...host("express", "4.18.0"),
        ...host("preact", "10.0.0"),
        ...host("optional", "1.0.0"),
        "plugins/shop/package.json": {
          dependencies: { lodash: "4" },
          peerDependencies: { express: "^5.0.0", absent: "^1", optional: "2", preact: "npm:react@^19" },
          peerDependenciesMeta: { optional: { optional: true } },
        },
      },
    );
    const problem = await problemOf(arena.provisioner(), arena.plugin("shop"));
    assert.equal(problem.code, "PLUGO_PEER_VERSION");
    assert.equal(problem.plugin, "shop");
    const [, ...findings] = problem.message.split("\n  - ");
    const asks = String.raw`\S*plugins.shop.package\.json \(peerDependencies\) asks for`;
    const patterns = [
      `^express: ${asks} "\\^5\\.0\\.0", but express@4\\.18\\.0 is installed \\(\\S*node_modules.express.package\\.json\\)$`,
      `^absent: ${asks} "\\^1", and it is not installed$`,
      `^optional: ${asks} "2", but optional@1\\.0\\.0 is installed`,
      `^preact: ${asks} "npm:react@\\^19", but preact@10\\.0\\.0 is installed`,
    ];
    assert.equal(findings.length, patterns.length, problem.message);
    for (const [at, pattern] of patterns.entries()) assert.match(findings[at] ?? "", new RegExp(pattern));
    assert.deepEqual(arena.registry.installations(), []);
  });

  test("are looked up from the plugin's folder upwards, then from the application's", async () => {
    using arena = createArena(
      {},
      {
        ...host("express", "4.0.0"),
        "plugins/node_modules/express/package.json": { name: "express", version: "5.0.0" },
        "plugins/shop/package.json": { peerDependencies: { express: "^5" } },
        "elsewhere/shop/package.json": { peerDependencies: { express: "^5" } },
        "elsewhere/host/package.json": {},
        "elsewhere/host/node_modules/express/package.json": { name: "express", version: "5.0.0" },
      },
    );
    assert.ok(!isPlugoError(provisionNow(arena.provisioner(), arena.plugin("shop"))));
    const outside = { name: "shop", version: "1.0.0", folder: arena.app.at("elsewhere/shop") };
    const hostFolder = arena.app.at("elsewhere/host");
    // Upwards from the plugin is the version 4.
    assert.equal((await problemOf(arena.provisioner({ hostFolder }), outside)).code, "PLUGO_PEER_VERSION");
    arena.app.remove("node_modules");
    assert.ok(!isPlugoError(provisionNow(arena.provisioner({ hostFolder }), outside)));
  });

  test("are not met by what was installed for the plugin", async () => {
    using arena = createArena(
      { "lodash@4.0.0": {} },
      { "plugins/shop/package.json": { dependencies: { lodash: "4" } } },
    );
    const provisioner = arena.provisioner();
    provisioner.link(arena.plugin("shop"), await provisionOf(provisioner, arena.plugin("shop")));
    arena.app.write({ "plugins/shop/package.json": { peerDependencies: { lodash: "4" } } });
    assert.equal((await problemOf(provisioner, arena.plugin("shop"))).code, "PLUGO_PEER_VERSION");
  });
});

describe("peerDependencies beside dependencies", () => {
  test("are asked of the application at each start, although the environment is there", async () => {
    using arena = createArena(
      { "lodash@4.0.0": {} },
      {
        ...host("express", "5.1.0"),
        "plugins/shop/package.json": { dependencies: { lodash: "4" }, peerDependencies: { express: "^5" } },
      },
    );
    const shop = arena.plugin("shop");
    const first = arena.provisioner();
    first.link(shop, await provisionOf(first, shop));
    assert.ok(!isPlugoError(provisionNow(arena.provisioner(), shop)));
    arena.app.write(host("express", "4.18.0"));
    assert.equal((await problemOf(arena.provisioner(), shop)).code, "PLUGO_PEER_VERSION");
  });
});

describe("sharedDependencies", () => {
  test("that are added count at the next start, although the environment is there", async () => {
    using arena = createArena(
      { "lodash@4.0.0": {} },
      { "plugins/shop/package.json": { dependencies: { lodash: "4" } } },
    );
    const shop = arena.plugin("shop");
    const first = arena.provisioner();
    first.link(shop, await provisionOf(first, shop));
    arena.app.write({ "package.json": { plugo: { sharedDependencies: ["lodash"] } } });
    assert.equal((await problemOf(arena.provisioner(), shop)).code, "PLUGO_PEER_VERSION");
  });

  test("of the application are its own for every plugin", async () => {
    using arena = createArena(
      { "lodash@4.0.0": {} },
      {
        ...host("react", "19.0.0"),
        "package.json": { plugo: { sharedDependencies: ["react"] } },
        "plugins/new/package.json": { dependencies: { react: "^19.0.0", lodash: "4" } },
        "plugins/old/package.json": { dependencies: { react: "^18.0.0" } },
      },
    );
    const { environment } = (await provisionOf(arena.provisioner(), arena.plugin("new"))) satisfies Provision;
    assert.notEqual(environment, null);
    const problem = await problemOf(arena.provisioner(), arena.plugin("old"));
    assert.match(problem.message, /react: \S+ \(dependencies\) asks for "\^18\.0\.0", but react@19\.0\.0 is installed/);
  });
});

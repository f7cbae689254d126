import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import type { Installer } from "#src/environments/installers/installer.js";
import { createFolder } from "../../support/plugin-folder.ts";
import { allResults, createArena, problemOf, provisionNow, provisionOf } from "../arena.ts";
import { copyingInstaller } from "../copying-installer.ts";

const packages = { "lodash@3.10.1": {}, "lodash@4.17.0": {}, "lodash@4.18.0": {}, "chalk@4.0.0": {}, "@s/x@1.0.0": {} };
const wants = (dependencies: object, more: object = {}): object => ({ dependencies, ...more });

describe("IsolatedProvisioner", () => {
  test("gives two plugins two versions of one package, each linked as node_modules", async () => {
    using arena = createArena(packages, {
      "plugins/old/package.json": wants({ lodash: "^3.0.0" }),
      "plugins/new/package.json": wants({ lodash: "^4.0.0", "@s/x": "1" }),
    });
    const provisioner = arena.provisioner();
    for (const [name, version] of Object.entries({ old: "lodash@3.10.1", new: "lodash@4.18.0" })) {
      const plugin = arena.plugin(name);
      const provision = await provisionOf(provisioner, plugin);
      assert.match(basename(provision.environment ?? ""), new RegExp(`^${name}-1\\.0\\.0-[0-9a-f]{12}$`));
      provisioner.link(plugin, provision);
      assert.equal(createRequire(join(plugin.folder, "plugin.js"))("lodash"), version);
      assert.match(readlinkSync(join(plugin.folder, "node_modules")), /^\.\.\/\.\.\/\.plugo\/venvs\//);
    }
    assert.deepEqual(arena.registry.installations(), ["old", "new"]);
    assert.deepEqual(
      arena.events.filter(({ kind }) => kind === "installing"),
      [
        { plugin: "old", kind: "installing", packages: 1, installer: "npm" },
        { plugin: "new", kind: "installing", packages: 2, installer: "npm" },
      ],
    );
    assert.equal(readFileSync(arena.app.at(".plugo/.gitignore"), "utf8"), "*\n");
    const left = readdirSync(arena.home).filter((name) => name.startsWith(".tmp") || name.endsWith(".lock"));
    assert.deepEqual(left, []);
  });

  test("has at once what is installed already, with the link and without it, and runs nothing", async () => {
    using arena = createArena(packages, { "plugins/shop/package.json": wants({ lodash: "^4.0.0" }) });
    const shop = arena.plugin("shop");
    const first = arena.provisioner();
    const provision = await provisionOf(first, shop);
    assert.deepEqual(provisionNow(arena.provisioner(), shop), provision);
    first.link(shop, provision);
    assert.deepEqual(provisionNow(arena.provisioner(), shop), provision);
    assert.equal(arena.registry.installations().length, 1);
    assert.ok(first.isCurrent(shop, provision));
    assert.ok(Object.isFrozen(provision));
  });

  test("installs again when an installation fails that another process has taken for dead", async () => {
    using arena = createArena(packages, { "plugins/shop/package.json": wants({ lodash: "^4.0.0" }) });
    const real = copyingInstaller(arena.registry.path);
    let attempts = 0;
    const install: Installer["install"] = async (request) => {
      attempts += 1;
      if (attempts > 1) return real.install(request);
      const locks = readdirSync(arena.home).filter((name) => name.endsWith(".lock"));
      for (const name of locks) rmSync(join(arena.home, name), { recursive: true });
      throw new Error("The folder has gone.");
    };
    const { environment } = await provisionOf(
      arena.provisioner({ installer: { ...real, install } }),
      arena.plugin("shop"),
    );
    assert.ok(existsSync(join(environment ?? "", "node_modules/lodash/package.json")));
    assert.equal(attempts, 2);
  });

  test("provides nothing, and writes nothing, for plugins that ask for nothing", () => {
    using arena = createArena(packages, {
      "plugins/bare/metadata.json": {},
      "plugins/empty/package.json": { name: "empty", devDependencies: { lodash: "4" } },
    });
    for (const name of ["bare", "empty"]) {
      const result = provisionNow(arena.provisioner(), arena.plugin(name));
      assert.deepEqual(result, { environment: null, madeFrom: "" });
      assert.ok(arena.provisioner().isCurrent(arena.plugin(name), { environment: null, madeFrom: "" }));
    }
    assert.throws(() => lstatSync(arena.app.at(".plugo")), { code: "ENOENT" });
  });

  test("makes another environment beside the old one when package.json changes, and keeps the other versions", async () => {
    using arena = createArena(packages, { "plugins/shop/package.json": wants({ lodash: "4.17.0" }) });
    const shop = arena.plugin("shop");
    const provisioner = arena.provisioner();
    const first = await provisionOf(provisioner, shop);
    provisioner.link(shop, first);
    arena.app.write({ "plugins/shop/package.json": wants({ lodash: "^4.0.0", chalk: "4" }) });
    assert.ok(!provisioner.isCurrent(shop, first));
    const second = await provisionOf(provisioner, shop);
    assert.notEqual(second.environment, first.environment);
    const version = (environment: string | null): string =>
      readFileSync(join(environment ?? "", "node_modules/lodash/index.js"), "utf8");
    assert.match(version(second.environment), /lodash@4\.17\.0/);
    assert.match(version(first.environment), /lodash@4\.17\.0/);
    provisioner.link(shop, second);
    assert.match(readlinkSync(join(shop.folder, "node_modules")), new RegExp(basename(second.environment ?? "-")));
    provisioner.link(shop, first);
    assert.match(readlinkSync(join(shop.folder, "node_modules")), new RegExp(basename(first.environment ?? "-")));
  });

  test("begins with the lockfile that the plugin brings, and makes another environment when it changes", async () => {
    const lock = (version: string): object => ({ packages: { "node_modules/lodash": { version } } });
    using arena = createArena(packages, {
      "plugins/shop/package.json": wants({ lodash: "^4.0.0" }),
      "plugins/shop/package-lock.json": lock("4.17.0"),
    });
    const shop = arena.plugin("shop");
    const provisioner = arena.provisioner({ frozen: true });
    const first = await provisionOf(provisioner, shop);
    assert.match(readFileSync(join(first.environment ?? "", "node_modules/lodash/index.js"), "utf8"), /4\.17\.0/);
    provisioner.link(shop, first);
    assert.deepEqual(provisionNow(arena.provisioner(), shop), first);
    arena.app.write({ "plugins/shop/package-lock.json": lock("4.18.0") });
    assert.ok(!provisioner.isCurrent(shop, first));
    const second = await provisionOf(provisioner, shop);
    assert.match(readFileSync(join(second.environment ?? "", "node_modules/lodash/index.js"), "utf8"), /4\.18\.0/);
  });

  test("installs nothing without a lockfile when it is frozen", async () => {
    using arena = createArena(packages, { "plugins/shop/package.json": wants({ lodash: "^4.0.0" }) });
    const problem = await problemOf(arena.provisioner({ frozen: true }), arena.plugin("shop"));
    assert.equal(problem.code, "PLUGO_LOCK_MISSING");
    assert.equal(problem.plugin, "shop");
    assert.deepEqual(arena.registry.installations(), []);
    assert.throws(() => lstatSync(arena.app.at(".plugo")), { code: "ENOENT" });
  });

  test("copies packages of the plugin's own folder, and tells when they change", async () => {
    using arena = createArena(packages, {
      "plugins/shop/package.json": wants({ own: "file:./packages/own" }),
      "plugins/shop/packages/own/package.json": { name: "own", version: "0.0.0" },
      "plugins/shop/packages/own/index.js": "module.exports = 1;",
    });
    const shop = arena.plugin("shop");
    const provisioner = arena.provisioner();
    const first = await provisionOf(provisioner, shop);
    assert.equal(createRequire(join(first.environment ?? "", "x.js"))("own"), 1);
    arena.app.write({ "plugins/shop/packages/own/index.js": "module.exports = 2;" });
    assert.ok(!provisioner.isCurrent(shop, first));
    const second = await provisionOf(provisioner, shop);
    assert.equal(createRequire(join(second.environment ?? "", "x.js"))("own"), 2);
  });

  test("uses a node_modules that it did not make, and leaves it as it is", async () => {
    using arena = createArena(packages, {
      "plugins/shop/package.json": wants({ lodash: "^4.0.0" }),
      "plugins/shop/node_modules/lodash/package.json": { name: "lodash", version: "4.0.0" },
    });
    const shop = arena.plugin("shop");
    const provisioner = arena.provisioner();
    const result = await provisionOf(provisioner, shop);
    assert.equal(result.environment, null);
    provisioner.link(shop, result);
    assert.ok(lstatSync(join(shop.folder, "node_modules")).isDirectory());
    assert.deepEqual(arena.registry.installations(), []);
  });

  test("uses what is there on a machine that has no installer, and says so of what is not", async () => {
    using arena = createArena(packages, {
      "plugins/shop/package.json": wants({ lodash: "^4.0.0" }),
      "plugins/other/package.json": wants({ lodash: "^3.0.0" }),
    });
    const shop = arena.plugin("shop");
    const provision = await provisionOf(arena.provisioner(), shop);
    const { installer } = arena.options();
    const absent = {
      ...installer,
      identify(): string {
        throw new Error("there is none");
      },
    };
    const provisioner = arena.provisioner({ installer: absent });
    assert.deepEqual(provisionNow(provisioner, shop), provision);
    const problem = await problemOf(provisioner, arena.plugin("other"));
    assert.equal(problem.plugin, "other");
  });

  test("makes anew what is damaged, and puts aside what was there", async () => {
    using arena = createArena(packages, { "plugins/shop/package.json": wants({ lodash: "^4.0.0" }) });
    const shop = arena.plugin("shop");
    const { environment } = await provisionOf(arena.provisioner(), shop);
    writeFileSync(join(environment ?? "", ".plugo-env.json"), "{ torn");
    const again = await provisionOf(arena.provisioner(), shop);
    assert.equal(again.environment, environment);
    assert.equal(arena.registry.installations().length, 2);
    assert.equal(readdirSync(arena.home).filter((name) => name.startsWith(".replaced-")).length, 1);
  });

  test("reports a failed installation as the plugin's, and installs for the next", async () => {
    using arena = createArena(packages, {
      "plugins/bad/package.json": wants({ nowhere: "1" }),
      "plugins/good/package.json": wants({ chalk: "4" }),
    });
    const provisioner = arena.provisioner();
    const results = provisioner.provision([arena.plugin("bad"), arena.plugin("good")], new AbortController().signal);
    const bad = await results.get("bad");
    const good = await results.get("good");
    assert.ok(bad !== undefined && "code" in bad && bad.message.includes("E404 no nowhere@1"));
    assert.ok(good !== undefined && "environment" in good && good.environment !== null);
    const left = readdirSync(arena.home).filter((name) => !name.startsWith("good-") && name !== ".leases");
    assert.deepEqual(left, []);
  });

  test("reads nothing as an environment that an installer left incomplete", async () => {
    using arena = createArena(packages, { "plugins/shop/package.json": wants({ lodash: "^4.0.0" }) });
    const { installer } = arena.options();
    const idle = { ...installer, install: () => Promise.resolve() };
    const problem = await problemOf(arena.provisioner({ installer: idle }), arena.plugin("shop"));
    assert.equal(problem.code, "PLUGO_ENVIRONMENT_INCOMPLETE");
    assert.match(problem.message, /node_modules\/lodash/);
  });

  test("ends an installation when it is aborted, and one that waits for its turn", async () => {
    // More than are installed side by side.
    const names = ["a", "b", "c", "d", "e", "f"];
    using arena = createArena(
      packages,
      Object.fromEntries(names.map((name) => [`plugins/${name}/package.json`, wants({ lodash: "^4.0.0" })])),
    );
    const aborting = new AbortController();
    const provisioner = arena.provisioner({
      onEvent: ({ kind }) => {
        if (kind === "installing") aborting.abort();
      },
    });
    const plugins = names.map((name) => arena.plugin(name));
    const results = provisioner.provision(plugins, aborting.signal);
    for (const result of await allResults(results))
      assert.ok("code" in result && result.code === "PLUGO_INSTALL_ABORTED");
    const begun = arena.registry.installations();
    assert.ok(begun.includes("a") && !begun.includes("f"), begun.join(" "));
    assert.deepEqual(
      readdirSync(arena.home).filter((name) => name !== ".leases"),
      [],
    );
  });

  test("leaves everything of the application byte for byte as it is", async () => {
    const files = {
      "package.json": '{ "name" : "app" }\n',
      "package-lock.json": '{"lockfileVersion":3 }',
      "node_modules/a/package.json": "{}",
      "plugins/shop/package.json": '{"dependencies":{"lodash":"^4.0.0"}}',
      "plugins/shop/plugin.ts": "export {};",
    };
    using arena = createArena(packages, files);
    const provisioner = arena.provisioner();
    provisioner.link(arena.plugin("shop"), await provisionOf(provisioner, arena.plugin("shop")));
    const found = readdirSync(arena.app.path, { recursive: true, encoding: "utf8" })
      .filter((path) => !/^\.plugo|^plugins.shop.node_modules/.test(path) && lstatSync(arena.app.at(path)).isFile())
      .toSorted();
    assert.deepEqual(found, Object.keys(files).toSorted());
    for (const [path, text] of Object.entries(files)) assert.equal(readFileSync(arena.app.at(path), "utf8"), text);
    assert.ok(lstatSync(arena.app.at("plugins/shop/node_modules")).isSymbolicLink());
  });

  test("gives each of two applications that share the folder of environments its own peers", async () => {
    using home = createFolder();
    const files = {
      "plugins/shop/package.json": wants({ lodash: "4" }, { peerDependencies: { express: "5" } }),
      "node_modules/express/package.json": { name: "express", version: "5.0.0", main: "index.js" },
    };
    const found: unknown[] = [];
    for (const name of ["one", "other"]) {
      using arena = createArena(packages, {
        ...files,
        "node_modules/express/index.js": `module.exports = ${JSON.stringify(name)};`,
      });
      const provisioner = arena.provisioner({ home: home.path });
      const shop = arena.plugin("shop");
      const provision = await provisionOf(provisioner, shop);
      provisioner.link(shop, provision);
      assert.deepEqual(provisionNow(arena.provisioner({ home: home.path }), shop), provision);
      found.push(createRequire(join(shop.folder, "plugin.js"))("express"));
    }
    assert.deepEqual(found, ["one", "other"]);
  });

  test("writes no secret of .npmrc, be it in an address", async () => {
    using arena = createArena(packages, {
      ".npmrc": "registry=https://user:secret@registry.test/\n//registry.test/:_authToken=secret\n",
      "plugins/shop/package.json": wants({ lodash: "4" }),
    });
    const { environment } = await provisionOf(arena.provisioner(), arena.plugin("shop"));
    const marker = readFileSync(join(environment ?? "", ".plugo-env.json"), "utf8");
    assert.match(marker, /registry=https:\/\/registry\.test/);
    assert.doesNotMatch(marker, /secret|user:/);
  });
});

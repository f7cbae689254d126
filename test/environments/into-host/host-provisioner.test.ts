import assert from "node:assert/strict";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { EnvironmentOptions } from "#src/environments/environment-options.js";
import { HostProvisioner } from "#src/environments/into-host/host-provisioner.js";
import { allResults, createArena, problemOf, provisionNow, provisionOf, type Arena } from "../arena.ts";

const packages = {
  "lodash@3.10.1": {},
  "lodash@4.17.0": {},
  "lodash@4.18.0": {},
  "chalk@4.0.0": {},
  "chalk@5.0.0": {},
};
const wants = (dependencies: object, more: object = {}): object => ({ dependencies, ...more });
const never = new AbortController().signal;

const inHost = (arena: Arena, own: Partial<EnvironmentOptions> = {}): HostProvisioner =>
  new HostProvisioner(arena.options(own));
const installed = (arena: Arena, name: string): unknown => createRequire(join(arena.app.path, "x.js"))(name);

describe("HostProvisioner", () => {
  test("installs what is missing for all plugins in one call, in ranges that fit them all, and keeps the formatting", async () => {
    using arena = createArena(packages, {
      "package.json": '{\n\t"name": "app",\n\t"dependencies": { "chalk": "^4.0.0" }\n}\n',
      "plugins/one/package.json": wants({ lodash: "^4.0.0" }),
      "plugins/two/package.json": wants({ lodash: "4.17", chalk: "*" }),
    });
    const plugins = [arena.plugin("one"), arena.plugin("two")];
    const results = await allResults(inHost(arena).provision(plugins, never));
    assert.ok(results.every((result) => "environment" in result && result.environment === null));
    assert.deepEqual(arena.registry.installations(), ["application"]);
    assert.equal(installed(arena, "lodash"), "lodash@4.17.0");
    assert.equal(installed(arena, "chalk"), "chalk@4.0.0");
    const text = readFileSync(arena.app.at("package.json"), "utf8");
    assert.match(text, /^\{\n\t"name": "app",\n\t"dependencies": \{/);
    assert.deepEqual(JSON.parse(text), { name: "app", dependencies: { chalk: "^4.0.0", lodash: "4.17" } });
  });

  test("finds at once what is there, and then writes nothing", () => {
    using arena = createArena(packages, {
      "plugins/one/package.json": wants({ lodash: "^4.0.0" }, { optionalDependencies: { lodash: "^4" } }),
      "node_modules/lodash/package.json": { name: "lodash", version: "4.2.0" },
    });
    const provisioner = inHost(arena);
    const provision = provisionNow(provisioner, arena.plugin("one"));
    assert.ok("environment" in provision && provisioner.isCurrent(arena.plugin("one"), provision));
    assert.deepEqual(arena.registry.installations(), []);
    assert.ok(!existsSync(arena.app.at(".plugo")));
    arena.app.write({ "plugins/one/package.json": wants({ lodash: "^4.1.0" }) });
    assert.ok(!provisioner.isCurrent(arena.plugin("one"), provision));
  });

  test("refuses what no version is at once, naming both sides, and installs the rest", async () => {
    using arena = createArena(packages, {
      "package.json": { name: "app", devDependencies: { chalk: "^4.0.0" } },
      "plugins/old/package.json": wants({ lodash: "^3.0.0" }),
      "plugins/new/package.json": wants({ lodash: "^4.0.0" }),
      "plugins/bright/package.json": wants({ chalk: "^5.0.0" }),
      "plugins/fine/package.json": wants({ chalk: "^4.0.0" }),
    });
    const plugins = ["old", "new", "bright", "fine"].map((name) => arena.plugin(name));
    const results = inHost(arena).provision(plugins, never);
    const [old, young, bright, fine] = await allResults(results);
    for (const conflict of [old, young, bright]) assert.ok(conflict !== undefined && "code" in conflict);
    assert.ok("code" in old! && old.code === "PLUGO_HOST_CONFLICT");
    assert.match(old.message, /lodash: no version is \^4\.0\.0 \(new, .*package\.json:3:15\) and \^3\.0\.0 \(old, /);
    assert.ok("code" in bright! && /\(the application, .*package\.json:/.test(bright.message));
    assert.ok(fine !== undefined && "environment" in fine);
    assert.equal(installed(arena, "chalk"), "chalk@4.0.0");
  });

  test("leaves alone what a plugin has, and refuses who lacks what does not agree with it", async () => {
    using arena = createArena(packages, {
      "package.json": { name: "app", dependencies: { chalk: "^4.0.0" } },
      "node_modules/chalk/package.json": { name: "chalk", version: "5.0.0" },
      "plugins/has/package.json": wants({ chalk: "^5.0.0" }),
      "plugins/lacks/package.json": wants({ chalk: "^4.0.0" }),
    });
    const results = inHost(arena).provision([arena.plugin("has"), arena.plugin("lacks")], never);
    const [has, lacks] = await allResults(results);
    assert.ok("environment" in has!);
    assert.ok("code" in lacks! && lacks.code === "PLUGO_HOST_CONFLICT");
    assert.deepEqual(arena.registry.installations(), []);
  });

  test("takes back what it wrote when the installation fails", async () => {
    const text = '{ "name": "app" }';
    using arena = createArena(packages, { "package.json": text, "plugins/one/package.json": wants({ nowhere: "1" }) });
    const problem = await problemOf(inHost(arena), arena.plugin("one"));
    assert.match(problem.message, /E404/);
    assert.equal(problem.plugin, "one");
    assert.equal(readFileSync(arena.app.at("package.json"), "utf8"), text);
  });

  test("installs nothing when it is frozen", async () => {
    using arena = createArena(packages, { "plugins/one/package.json": wants({ lodash: "4" }) });
    const problem = await problemOf(inHost(arena, { frozen: true }), arena.plugin("one"));
    assert.equal(problem.code, "PLUGO_INSTALL_FROZEN");
    assert.deepEqual(arena.registry.installations(), []);
  });

  test("asks once for optional packages that cannot be had", async () => {
    using arena = createArena(packages, {
      "plugins/one/package.json": { optionalDependencies: { nowhere: "1" }, dependencies: { lodash: "4" } },
    });
    await provisionOf(inHost(arena), arena.plugin("one"));
    provisionNow(inHost(arena), arena.plugin("one"));
    assert.equal(arena.registry.installations().length, 1);
  });

  test("takes away the link to an environment that the plugin had", async () => {
    using arena = createArena(packages, { "plugins/one/package.json": wants({ lodash: "^3.0.0" }) });
    const isolated = arena.provisioner();
    isolated.link(arena.plugin("one"), await provisionOf(isolated, arena.plugin("one")));
    const provisioner = inHost(arena);
    const provision = await provisionOf(provisioner, arena.plugin("one"));
    provisioner.link(arena.plugin("one"));
    assert.equal(provision.environment, null);
    assert.equal(lstatSync(arena.app.at("plugins/one/node_modules"), { throwIfNoEntry: false }), undefined);
    assert.equal(installed(arena, "lodash"), "lodash@3.10.1");
  });
});

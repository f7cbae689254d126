import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { linkEnvironment, lookAtModules } from "#src/environments/home/link-environment.js";
import { createFolder, type TestFolder } from "../../support/plugin-folder.ts";

function createApp(): TestFolder & { readonly shop: string; readonly home: string; environment(name: string): string } {
  const folder = createFolder({ "plugins/shop/metadata.json": {} });
  const home = folder.at("home");
  return Object.assign(folder, {
    home,
    shop: folder.at("plugins/shop"),
    environment(name: string) {
      folder.write({ [`home/${name}/node_modules/x/package.json`]: { name }, [`home/${name}/.plugo-env.json`]: {} });
      return join(home, name);
    },
  });
}

const seen = (app: { shop: string }): string =>
  (JSON.parse(readFileSync(join(app.shop, "node_modules/x/package.json"), "utf8")) as { name: string }).name;

describe("linkEnvironment", () => {
  test("leads to the environment, then to the next one, and to none", () => {
    using app = createApp();
    assert.deepEqual(lookAtModules(app.shop, app.home), { kind: "none" });
    for (const name of ["a-1", "a-2", "a-1"]) {
      const environment = app.environment(name);
      linkEnvironment(app.shop, environment, app.home);
      linkEnvironment(app.shop, environment, app.home);
      assert.equal(seen(app), name);
      assert.deepEqual(lookAtModules(app.shop, app.home), { kind: "linked", environment });
    }
    linkEnvironment(app.shop, null, app.home);
    linkEnvironment(app.shop, null, app.home);
    assert.deepEqual(lookAtModules(app.shop, app.home), { kind: "none" });
  });

  test("goes on to lead there when application and environments are moved together", () => {
    using app = createApp();
    linkEnvironment(app.shop, app.environment("a"), app.home);
    mkdirSync(app.at("moved"));
    for (const name of ["plugins", "home"]) renameSync(app.at(name), app.at(`moved/${name}`));
    assert.equal(seen({ shop: app.at("moved/plugins/shop") }), "a");
  });

  test("replaces no node_modules that plugo did not make", () => {
    using app = createApp();
    const environment = app.environment("a");
    app.write({ "plugins/shop/node_modules/own/package.json": {}, "elsewhere/x/package.json": { name: "elsewhere" } });
    linkEnvironment(app.shop, environment, app.home);
    linkEnvironment(app.shop, null, app.home);
    assert.ok(lstatSync(join(app.shop, "node_modules")).isDirectory());
    rmSync(join(app.shop, "node_modules"), { recursive: true });
    symlinkSync(app.at("elsewhere"), join(app.shop, "node_modules"), "junction");
    linkEnvironment(app.shop, environment, app.home);
    linkEnvironment(app.shop, null, app.home);
    assert.equal(seen(app), "elsewhere");
    assert.deepEqual(lookAtModules(app.shop, app.home), { kind: "foreign" });
  });

  test("replaces a link to an environment of another home, and one that leads nowhere", () => {
    using app = createApp();
    const environment = app.environment("a");
    const link = join(app.shop, "node_modules");
    app.write({ "old/b/.plugo-env.json": {}, "old/b/node_modules/x/package.json": { name: "b" } });
    for (const target of [app.at("old/b/node_modules"), app.at("nowhere")]) {
      symlinkSync(target, link, "junction");
      linkEnvironment(app.shop, environment, app.home);
      assert.equal(seen(app), "a");
      rmSync(link);
    }
  });

  test("makes junctions on Windows, which are absolute, and replaces its own alone", () => {
    using app = createApp();
    const link = join(app.shop, "node_modules");
    for (const name of ["a", "b"]) {
      linkEnvironment(app.shop, app.environment(name), app.home, "win32");
      assert.equal(seen(app), name);
      assert.equal(join(readlinkSync(link), "."), join(app.home, name, "node_modules"));
    }
    linkEnvironment(app.shop, null, app.home, "win32");
    assert.deepEqual(lookAtModules(app.shop, app.home), { kind: "none" });
    app.write({ "plugins/shop/node_modules/own/package.json": {} });
    linkEnvironment(app.shop, app.environment("a"), app.home, "win32");
    assert.ok(lstatSync(link).isDirectory());
  });

  test("leaves nothing beside the link, and is relative", () => {
    using app = createApp();
    linkEnvironment(app.shop, app.environment("a"), app.home);
    linkEnvironment(app.shop, app.environment("b"), app.home);
    assert.equal(readlinkSync(join(app.shop, "node_modules")), join("..", "..", "home", "b", "node_modules"));
    assert.equal(
      readFileSync(join(app.home, "b/.plugo-linked-from"), "utf8"),
      `${join("..", "..", "plugins", "shop")}\n`,
    );
  });
});

import assert from "node:assert/strict";
import { existsSync, lstatSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { leavePeersToHost } from "#src/environments/isolated/leave-peers-to-host.js";
import { createFolder, type Files, type TestFolder } from "../../support/plugin-folder.ts";

/** A package whose code gives what it is, and what it gets for each of its dependencies and peers. */
function packageAt(path: string, name: string, version: string, fields: object = {}): Files {
  const wanted = Object.values(fields).flatMap((field) => Object.keys(field as object));
  return {
    [`${path}/package.json`]: { name, version, ...fields },
    [`${path}/index.js`]: `module.exports = { is: "${name}@${version}", ${wanted
      .map((each) => `get ${each}() { return require("${each}").is; }`)
      .join(", ")} };`,
  };
}

/** An application with express 5, and an environment where express 4 is at the top, because two packages depend on it. */
function createApp(environment: string): TestFolder {
  const modules = `${environment}/node_modules`;
  return createFolder({
    ...packageAt("app/node_modules/express", "express", "5.0.0"),
    ...packageAt(`${modules}/express`, "express", "4.0.0", { dependencies: { qs: "1" } }),
    ...packageAt(`${modules}/express/node_modules/qs`, "qs", "1.0.0"),
    ...packageAt(`${modules}/depends`, "depends", "1.0.0", { dependencies: { express: "4" } }),
    ...packageAt(`${modules}/has-own`, "has-own", "1.0.0", { dependencies: { express: "3" } }),
    ...packageAt(`${modules}/has-own/node_modules/express`, "express", "3.0.0"),
    ...packageAt(`${modules}/@s/x`, "@s/x", "1.0.0"),
    ...packageAt(`${modules}/@s/x/node_modules/deep`, "deep", "1.0.0", { dependencies: { express: "4" } }),
    ...packageAt(`${modules}/limits`, "limits", "1.0.0", { peerDependencies: { express: "5" } }),
  });
}

interface Probe {
  readonly express: string;
}

describe("leavePeersToHost", () => {
  for (const [where, environment, isBelowHost] of [
    ["below the application", "app/.plugo/venvs/shop", true],
    ["elsewhere", "elsewhere/shop", false],
  ] as const) {
    test(`in an environment ${where} gives the application's copy to who has it as a peer, and the other to who depends on it`, () => {
      using folder = createApp(environment);
      leavePeersToHost(folder.at(environment), [{ name: "express" }], [folder.at("app")], isBelowHost);
      const load = createRequire(folder.at(`${environment}/x.js`));
      assert.equal((load("express") as { is: string }).is, "express@5.0.0");
      assert.equal((load("limits") as Probe).express, "express@5.0.0");
      assert.equal((load("depends") as Probe).express, "express@4.0.0");
      assert.equal((load("has-own") as Probe).express, "express@3.0.0");
      const deep = createRequire(folder.at(`${environment}/node_modules/@s/x/index.js`))("deep") as Probe;
      assert.equal(deep.express, "express@4.0.0");
      const own = createRequire(folder.at(`${environment}/node_modules/depends/index.js`))("express") as { qs: string };
      assert.equal(own.qs, "qs@1.0.0");
      assert.equal(load("express"), createRequire(folder.at("app/x.js"))("express"));
    });
  }

  test("links nothing that the application does not have, and touches nothing but peers", () => {
    using folder = createApp("elsewhere/shop");
    leavePeersToHost(
      folder.at("elsewhere/shop"),
      [{ name: "absent" }, { name: "@s/absent" }],
      [folder.at("app")],
      false,
    );
    assert.ok(!existsSync(folder.at("elsewhere/shop/node_modules/absent")));
    assert.ok(lstatSync(folder.at("elsewhere/shop/node_modules/express")).isDirectory());
    assert.ok(!existsSync(folder.at("elsewhere/shop/node_modules/depends/node_modules")));
  });
});

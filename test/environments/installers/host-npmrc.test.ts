import assert from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { describe, it } from "node:test";
import { hostNpmrc } from "#src/environments/installers/host-npmrc.js";
import { npmTool } from "#src/environments/installers/npm-tool.js";
import { pnpmTool } from "#src/environments/installers/pnpm-tool.js";
import { createFolder } from "../../support/plugin-folder.ts";

describe("hostNpmrc", () => {
  it("links the application's file, and takes the link away, not the file", () => {
    using host = createFolder({ ".npmrc": "@scope:registry=https://scope.example/\n" });
    using folder = createFolder();
    const lent = hostNpmrc(npmTool, folder.path, host.path, {});
    assert.equal(readlinkSync(folder.at(".npmrc")), host.at(".npmrc"));
    lent.takeBack();
    assert.deepEqual([readdirSync(folder.path), readdirSync(host.path)], [[], [".npmrc"]]);
  });

  it("copies it for the user alone when it has paths that are relative to the application", () => {
    const before =
      "cafile=certificates/ca.pem\n//r.example/:keyfile = ./key.pem\ncache=/abs\n//r.example/:_authToken=${T}\n";
    using host = createFolder({ ".npmrc": before });
    using folder = createFolder();
    const lent = hostNpmrc(npmTool, folder.path, host.path, {});
    assert.equal(
      readFileSync(folder.at(".npmrc"), "utf8"),
      `cafile=${host.at("certificates/ca.pem")}\n//r.example/:keyfile = ${host.at("key.pem")}\ncache=/abs\n//r.example/:_authToken=\${T}\n`,
    );
    assert.ok(lstatSync(folder.at(".npmrc")).isFile());
    if (process.platform !== "win32") assert.equal(statSync(folder.at(".npmrc")).mode & 0o777, 0o600);
    lent.takeBack();
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it("leaves everything as it is when the folder is the application's", () => {
    using host = createFolder({ ".npmrc": "cafile=ca.pem\n" });
    hostNpmrc(npmTool, host.path, host.path, {}).takeBack();
    assert.equal(readFileSync(host.at(".npmrc"), "utf8"), "cafile=ca.pem\n");
  });

  it("takes the file of the workspace that an application without one is in, and of no other folder", () => {
    using root = createFolder({
      ".npmrc": "root=1\n",
      "package.json": { workspaces: ["apps/*"] },
      "apps/.npmrc": "no root\n",
      "apps/one/package.json": {},
      "apps/two/.npmrc": "two=1\n",
    });
    const read = (host: string): string => {
      using folder = createFolder();
      hostNpmrc(npmTool, folder.path, root.at(host), {});
      return readFileSync(folder.at(".npmrc"), "utf8");
    };
    assert.deepEqual([read("apps/one"), read("apps/two")], ["root=1\n", "two=1\n"]);
    root.write({ "package.json": {} });
    assert.throws(() => read("apps/one"), { code: "ENOENT" });
    root.write({ "pnpm-workspace.yaml": "" });
    assert.equal(read("apps/one"), "root=1\n");
  });

  it("does nothing when the application has none", () => {
    using host = createFolder();
    using folder = createFolder();
    const lent = hostNpmrc(npmTool, folder.path, host.path, {});
    assert.deepEqual([lent.settings, readdirSync(folder.path)], [{}, []]);
  });

  it("copies nothing for pnpm when there is no variable", () => {
    using host = createFolder({ ".npmrc": "//r.example/:_authToken=abc\n" });
    using folder = createFolder();
    assert.deepEqual(hostNpmrc(pnpmTool, folder.path, host.path, {}).settings, {});
    assert.deepEqual(readdirSync(folder.path), [".npmrc"]);
  });

  it("gives pnpm, which reads variables in the user's file alone, that file and the application's in one", () => {
    using home = createFolder({ ".npmrc": "//user.example/:_authToken=abc" });
    using host = createFolder({ ".npmrc": "//r.example/:_authToken=${T}\n" });
    using folder = createFolder();
    const lent = hostNpmrc(pnpmTool, folder.path, host.path, { HOME: home.path });
    const file = lent.settings["npm_config_userconfig"] ?? "";
    assert.equal(file, lent.settings["pnpm_config_userconfig"]);
    assert.equal(readFileSync(file, "utf8"), "//user.example/:_authToken=abc\n//r.example/:_authToken=${T}\n\n");
    if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
    lent.takeBack();
    assert.deepEqual(readdirSync(folder.path), []);
  });
});

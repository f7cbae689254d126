import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { createInstaller } from "#src/environments/installers/create-installer.js";
import { createFolder } from "../../support/plugin-folder.ts";
import { startRegistry } from "../../support/registry.ts";
import { describeInstaller, repository, requestFor } from "./describe-installer.ts";

describeInstaller("bun", "bun");

describe("createInstaller: bun", () => {
  it("install reads registries and tokens in the application's bunfig.toml", async () => {
    await using registry = await startRegistry();
    await using other = await startRegistry();
    other.publish("@private/secret", "1.0.0");
    other.requireToken("@private", "token-of-the-test");
    using host = createFolder({
      "bunfig.toml": `[install.scopes]\n"@private" = { url = "${other.url}", token = "token-of-the-test" }\n`,
    });
    using folder = createFolder({ "package.json": { name: "env", dependencies: { "@private/secret": "1.0.0" } } });
    const installer = createInstaller("bun", { hostFolder: repository, env: process.env });
    await installer.install(requestFor(folder, host, registry));
    assert.ok(existsSync(folder.at("node_modules/@private/secret/package.json")));
    assert.equal(registry.requests.length, 0);
  });
});

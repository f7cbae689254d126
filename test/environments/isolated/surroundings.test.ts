import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { surroundingsOf } from "#src/environments/isolated/surroundings.js";
import { createFolder } from "../../support/plugin-folder.ts";

describe("surroundingsOf", () => {
  test("is the same whatever the order of allowScripts, and the formatting of .npmrc", () => {
    using one = createFolder({ ".npmrc": "registry=https://a.example/\n@s:registry=https://b.example/\nfund=false\n" });
    using other = createFolder({ ".npmrc": "  @s:registry=https://b.example/\r\n\tregistry=https://a.example/ " });
    assert.deepEqual(surroundingsOf(one.path, ["a", "b"]), surroundingsOf(other.path, ["b", "a"]));
  });

  test("holds the registries as they are written, and no token", () => {
    using folder = createFolder({ ".npmrc": "registry=https://${HOST}/\n//a.example/:_authToken=secret\n" });
    assert.deepEqual(surroundingsOf(folder.path, []).registries, ["registry=https://${HOST}/"]);
    using bare = createFolder();
    assert.deepEqual(surroundingsOf(bare.path, []).registries, []);
  });
});

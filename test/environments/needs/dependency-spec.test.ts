import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { classifySpec } from "#src/environments/needs/dependency-spec.js";

describe("classifySpec", () => {
  const kinds: Readonly<Record<string, readonly string[]>> = {
    range: ["", "*", "1", "^1.2.3", ">=1 <2 || 4.x", "1.2.3-beta.1", "v1.2.3", "1 - 2", "~0"],
    tag: ["latest", "next", "beta-1", "x1"],
    alias: ["npm:lodash", "npm:lodash@^4", "npm:@scope/name@latest", "npm:@scope/name"],
    file: [
      ...["file:x", "file:./x", "file:///x/y", "./x", "../x", "/x", "~/x", "C:\\x", "x.tgz", "x/y/z", ".", ".."],
      ...["file:../x.tgz", "x.tar.gz", "..\\x"],
    ],
    git: [
      ...[
        "git+https://host/x.git",
        "git+ssh://git@host/x",
        "git://host/x",
        "git@github.com:owner/x.git",
        "ssh://host/x",
      ],
      ...[
        "github:owner/x",
        "gitlab:owner/x#v1",
        "bitbucket:owner/x",
        "gist:123",
        "owner/x",
        "owner/x#semver:^1",
        "git+file:///x",
      ],
    ],
    http: ["http://host/x.tgz", "https://host/x", "HTTPS://host/x"],
    protocol: [
      "workspace:*",
      "workspace:^1",
      "catalog:",
      "link:../x",
      "portal:../x",
      "patch:x@1#y",
      "jsr:@std/x",
      "javascript:x",
    ],
    unknown: ["npm:", "npm:../x", "npm:x@npm:y", "npm:x@git+https://host/y", "a b", "ä", "%", "1 and 2"],
  };
  for (const [kind, specs] of Object.entries(kinds)) {
    test(`tells what is ${kind}`, () => {
      for (const spec of specs) assert.equal(classifySpec(spec).kind, kind, JSON.stringify(spec));
    });
  }

  test("gives what the rest of plugo needs of each", () => {
    assert.deepEqual(classifySpec("npm:@scope/name@^1"), { kind: "alias", name: "@scope/name", spec: "^1" });
    assert.deepEqual(classifySpec("npm:name"), { kind: "alias", name: "name", spec: "*" });
    assert.deepEqual(classifySpec("file:./a%20b"), { kind: "file", path: "./a b" });
    assert.deepEqual(classifySpec("file:///a/b"), { kind: "file", path: "/a/b" });
    assert.deepEqual(classifySpec("workspace:^1"), { kind: "protocol", protocol: "workspace" });
  });
});

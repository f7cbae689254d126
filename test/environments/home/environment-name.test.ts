import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { canonicalJson } from "#src/environments/canonical-json.js";
import { environmentName } from "#src/environments/home/environment-name.js";
import { requirementsText } from "#src/environments/isolated/requirements-text.js";
import type { Surroundings } from "#src/environments/isolated/surroundings.js";
import type { Requirements } from "#src/environments/needs/requirements.js";

const surroundings: Surroundings = {
  ...{ platform: "linux", arch: "x64", libc: "glibc", modules: "115", allowScripts: [], registries: [] },
};
const none: Requirements = {
  ...{ dependencies: new Map(), optionalDependencies: new Map(), overrides: null, files: new Map(), peers: [] },
};
const inputs = { requirements: requirementsText(none, surroundings, null), installer: "npm@11", lock: null };
const seed = 20_240_501;

describe("environmentName", () => {
  test("reads <plugin>-<version>-<hash>", () => {
    assert.match(environmentName("shop", "1.2.3", inputs), /^shop-1\.2\.3-[0-9a-f]{12}$/);
    assert.match(
      environmentName("@scope/shop", "1.2.3-rc.1+7", inputs),
      /^@scope\+shop-1\.2\.3-rc\.1\+7-[0-9a-f]{12}$/,
    );
  });

  test("is a short file name everywhere, whatever the plugin and the version are", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("con", "NUL.x", "..", ".", "a/b"),
    );
    const check = (plugin: string, version: string): void => {
      const name = environmentName(plugin, version, inputs);
      assert.match(name, /^[A-Za-z0-9_+@-][A-Za-z0-9._+@-]{0,77}$/);
      assert.match(name, /-[0-9a-f]{12}$/);
      assert.doesNotMatch(name, /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
    };
    fc.assert(fc.property(texts, texts, check), { seed });
  });

  test("has the same hash for the same requirements in any order, and another for any other", () => {
    const specs = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.constantFrom("1", "^2", "*", "latest"));
    const textOf = (dependencies: object, more: Partial<Requirements> = {}): string =>
      requirementsText({ ...none, dependencies: new Map(Object.entries(dependencies)), ...more }, surroundings, null);
    const hash = (requirements: string): string => environmentName("shop", "1.0.0", { ...inputs, requirements });
    const check = (a: object, b: object): void => {
      const reversed = Object.fromEntries(Object.entries(a).toReversed());
      assert.equal(hash(textOf(a)), hash(textOf(reversed)));
      const isSame = canonicalJson(a) === canonicalJson(b);
      assert.equal(hash(textOf(a)) === hash(textOf(b)), isSame);
    };
    fc.assert(fc.property(specs, specs, check), { seed });
    const optional = textOf({}, { optionalDependencies: new Map([["a", "1"]]) });
    assert.notEqual(hash(textOf({ a: "1" })), hash(optional));
    assert.notEqual(hash(textOf({ a: "1" })), hash(textOf({ a: "1" }, { overrides: { b: "1" } })));
    const withPeer = (name: string, spec: string): string =>
      hash(textOf({}, { peers: [{ ...{ name, spec, isOptional: false }, field: "peerDependencies" }] }));
    assert.equal(withPeer("a", "1"), withPeer("a", "2"));
    assert.equal(new Set([hash(textOf({})), withPeer("a", "1"), withPeer("b", "1")]).size, 3);
  });

  test("depends on the machine, the installer, the scripts, the registries and the plugin's lockfile, not on its name", () => {
    const changes: readonly Partial<Surroundings>[] = [
      ...[{ platform: "darwin" }, { arch: "arm64" }, { libc: "musl" as const }, { modules: "127" }],
      ...[{ allowScripts: ["sharp"] }, { registries: ["registry=http://localhost"] }],
    ];
    const hashOf = (name: string): string => name.slice(-12);
    const names = [
      environmentName("shop", "1.0.0", inputs),
      environmentName("shop", "1.0.0", { ...inputs, installer: "npm@12" }),
      environmentName("shop", "1.0.0", { ...inputs, lock: "abc" }),
      ...changes.map((change) => {
        return environmentName("shop", "1.0.0", {
          ...inputs,
          requirements: requirementsText(none, { ...surroundings, ...change }, null),
        });
      }),
    ];
    assert.equal(new Set(names.map(hashOf)).size, names.length);
    assert.equal(hashOf(environmentName("other", "2.0.0", inputs)), hashOf(names[0] ?? ""));
  });
});

describe("canonicalJson", () => {
  test("is equal for equal values, and parses to what it was made from", () => {
    const check = (value: unknown): void => {
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
      assert.equal(canonicalJson(value), canonicalJson(structuredClone(value)));
    };
    fc.assert(fc.property(fc.jsonValue(), check), { seed });
    assert.equal(
      canonicalJson(
        new Map<string, unknown>([
          ["b", 1],
          ["a", [{ d: 1, c: null }]],
        ]),
      ),
      '{"a":[{"c":null,"d":1}],"b":1}',
    );
  });
});

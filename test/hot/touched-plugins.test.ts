import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { touchedPlugins, type WatchedPlugins } from "#src/hot/touched-plugins.js";

const root = join(process.cwd(), "plugins");
const elsewhere = join(process.cwd(), "elsewhere", "real");

const watched: WatchedPlugins = {
  directories: [root],
  packages: [join(process.cwd(), "package.json")],
  linked: new Map([[elsewhere, ["linked", "twin"]]]),
  isPlugin: (name) => ["a", "b", "linked", "twin"].includes(name),
  usersOf: (file) => (file === join(root, "shared", "x.ts") ? ["a"] : []),
  failed: () => ["b"],
};

const touched = (...paths: string[]): string[] | undefined => {
  const names = touchedPlugins(paths, watched);
  return names === undefined ? undefined : [...names].toSorted();
};

const segment = fc.stringMatching(/^[a-z][a-z0-9_.]{0,8}$/);
const inside = fc.array(segment, { minLength: 1, maxLength: 4 });
const anyPath = fc.oneof(
  inside.map((path) => join(root, ...path)),
  inside.map((path) => join(elsewhere, ...path)),
  inside.map((path) => join(process.cwd(), "other", ...path)),
);

describe("touchedPlugins", () => {
  test("names the plugin of any path in its folder, and of the folder itself", () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), (path) => {
        assert.deepEqual(touched(join(root, "a", ...path)), ["a"]);
      }),
    );
  });

  test("names the plugins that have failed when the application's packages change", () => {
    assert.deepEqual(touched(join(process.cwd(), "package.json")), ["b"]);
    assert.deepEqual(touched(join(process.cwd(), "package-lock.json")), []);
  });

  test("names every plugin whose folder is a link to where the path is", () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), (path) => {
        assert.deepEqual(touched(join(elsewhere, ...path)), ["linked", "twin"]);
      }),
    );
    assert.deepEqual(touched(`${elsewhere}-too`), []);
  });

  test("names nobody for a path outside, however its beginning looks", () => {
    assert.deepEqual(touched(`${root}-too/a/plugin.ts`, join(process.cwd(), "plugins_config.json")), []);
  });

  test("says all of them for a plugin directory itself, and for what says how files beside plugins are read", () => {
    assert.equal(touched(root), undefined);
    for (const name of ["package.json", "tsconfig.json", "tsconfig.base.json"]) {
      assert.equal(touched(join(root, name)), undefined);
      assert.equal(touched(join(root, "shared", name)), undefined);
      assert.deepEqual(touched(join(root, "a", name)), ["a"]);
    }
  });

  test("names for a file beside the plugins those that use it, those that failed, and what may have become one", () => {
    assert.deepEqual(touched(join(root, "shared", "x.ts")), ["a", "b", "shared"]);
    assert.deepEqual(touched(join(root, "shared", "y.ts")), ["b", "shared"]);
    assert.deepEqual(touched(join(root, "new", "metadata.json")), ["b", "new"]);
  });

  test("names of several paths what it names of each", () => {
    fc.assert(
      fc.property(fc.array(anyPath, { maxLength: 6 }), (paths) => {
        const each = paths.map((path) => touched(path));
        const expected = each.includes(undefined)
          ? undefined
          : [...new Set(each.flatMap((names) => names ?? []))].toSorted();
        assert.deepEqual(touched(...paths), expected);
      }),
    );
  });
});

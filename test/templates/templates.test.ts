import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { runOwnTests } from "./run-own-tests.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const templates = path.join(root, "templates");
const kinds = ["base", "ui", "api"];
const frameworks = ["express", "fastify", "hono"];
const names = kinds.flatMap((kind) => frameworks.map((framework) => `${kind}-${framework}`));

/** The files that differ between the frameworks of a kind, as they must. */
const ownFiles = new Set(["README.md", "package.json", "plugin.ts", "test/plugin.test.js"]);

/** The files of a template by their path in it. */
function filesOf(name: string): ReadonlyMap<string, string> {
  const folder = path.join(templates, name);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    files.map((file) => [path.relative(folder, file).split(path.sep).join("/"), readFileSync(file, "utf8")]),
  );
}

function jsonOf(name: string, file: string): any {
  return JSON.parse(readFileSync(path.join(templates, name, file), "utf8"));
}

describe("templates", () => {
  test("there is one of each kind for each framework, and nothing else", () => {
    const folders = readdirSync(templates, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    // Applications are made and run by test/cli/new-user.test.ts.
    const plugins = folders.map((folder) => folder.name).filter((name) => !name.startsWith("app-"));
    assert.deepEqual(plugins.toSorted(), names.toSorted());
  });

  for (const name of names) {
    test(`${name} passes its own tests as it stands`, async () => {
      const { exitCode, output } = await runOwnTests(path.join(templates, name));
      assert.equal(exitCode, 0, output);
      const passed = Number(/^# pass (\d+)$/m.exec(output)?.[1]);
      assert.ok(passed >= 4, output);
    });

    test(`${name} uses the names that are replaced, and no others like them`, () => {
      for (const [file, content] of filesOf(name)) {
        for (const [word] of content.matchAll(/[\w-]*sample[\w-]*(?: plugin)?/gi)) {
          assert.match(word, /^(?:sample_plugin|sample-plugin(?:-\w+)?|samplePlugin|SamplePlugin(?:[A-Z]\w*)?)$/, file);
        }
        for (const [word] of content.matchAll(/[\w-]*item[\w-]*/gi)) {
          assert.match(word, /(?:^|[a-z_-])(?:Items?|items?)(?![a-z])/, file);
          assert.doesNotMatch(
            word,
            /align-items|justify-items|place-items|itemprop|listitem|[a-z]items?(?![a-z])/,
            file,
          );
        }
      }
    });

    test(`${name} says what it needs, and the checkout has it`, () => {
      const [kind = "", framework = ""] = name.split("-");
      const metadata = jsonOf(name, "metadata.json");
      assert.equal(metadata.name, "sample_plugin");
      assert.ok(existsSync(path.join(templates, name, metadata.$schema)), metadata.$schema);
      const own = jsonOf(name, "package.json");
      const { version, devDependencies, dependencies } = JSON.parse(
        readFileSync(path.join(root, "package.json"), "utf8"),
      );
      assert.deepEqual(Object.keys(own.peerDependencies), ["@plugo/node", framework]);
      assert.equal(own.peerDependencies["@plugo/node"], `^${version}`);
      assert.equal(own.scripts.test, "node --test");
      assert.equal(own.description, metadata.description);
      for (const [dependency, range] of Object.entries<string>(own.dependencies ?? {})) {
        assert.equal(
          range.replace("^", ""),
          (devDependencies[dependency] ?? dependencies[dependency]).replace("^", ""),
        );
      }
      const imported = new Set<string>();
      for (const [file, content] of filesOf(name)) {
        if (!file.endsWith(".ts")) continue;
        for (const [, specifier = ""] of content.matchAll(/from "([^".][^"]*)"/g)) {
          if (!specifier.startsWith("node:")) imported.add(specifier);
        }
      }
      const known = [...Object.keys(own.dependencies ?? {}), ...Object.keys(own.peerDependencies)];
      for (const specifier of imported) {
        assert.ok(
          known.some((one) => specifier === one || specifier.startsWith(`${one}/`)),
          specifier,
        );
      }
      for (const dependency of Object.keys(own.dependencies ?? {})) assert.ok(imported.has(dependency), dependency);
      assert.ok(kinds.includes(kind));
    });
  }

  for (const kind of kinds) {
    test(`${kind} is the same for every framework but for what has to differ`, () => {
      const [first, ...others] = frameworks.map((framework) => filesOf(`${kind}-${framework}`));
      for (const files of others) {
        assert.deepEqual([...files.keys()].toSorted(), [...first!.keys()].toSorted());
        for (const [file, content] of files) if (!ownFiles.has(file)) assert.equal(content, first!.get(file), file);
      }
    });
  }

  test("ui and api share what is not about pages", () => {
    const [ui, api] = [filesOf("ui-express"), filesOf("api-express")];
    for (const file of ["item-service.ts", "item-input.ts", "views.ts", "assets.ts"]) {
      assert.equal(ui.get(file), api.get(file), file);
    }
  });

  test("hold no file that npm leaves out of a package, or renames", () => {
    for (const name of names) {
      for (const file of filesOf(name).keys()) assert.doesNotMatch(file, /(?:^|\/)\.|\.orig$|package-lock|~$/, name);
    }
  });
});

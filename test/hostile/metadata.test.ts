import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Files } from "../support/plugin-folder.ts";
import { survive, type Outcome } from "./arena.ts";
import { oddNames, oddTexts, oddValues } from "./json-texts.ts";

const fields = [
  ...["$schema", "name", "version", "plugin_version", "description", "identifier", "author", "dependencies"],
  ...[
    "optional_dependencies",
    "core_version",
    "entry",
    "reload",
    "route_prefix",
    "init_timeout_ms",
    "config_schema",
    "watch",
  ],
  ...["__proto__", "constructor", "toString", "then"],
];
const code = `export const initPlugin = (_: object, plugin: any) => [plugin.name, plugin.version, plugin.metadata, plugin.config];`;
const seed = 20_240_501;

function withMetadata(name: string, text: string | Uint8Array): Files {
  return { [`${name}/metadata.json`]: text, [`${name}/plugin.ts`]: code };
}

/** Every plugin stands somewhere: it runs, or it says why not. */
function assertAllDecided(outcome: Outcome): void {
  assert.ok("host" in outcome);
  for (const { name, phase, problem } of outcome.host.snapshot().plugins) {
    assert.equal(phase === "active", problem === null, `${name} is ${phase}`);
    assert.ok(["active", "failed", "blocked"].includes(phase), `${name} is ${phase}`);
  }
}

describe("metadata.json", () => {
  for (const [name, text] of Object.entries(oddTexts)) {
    test(`that holds ${name} harms nobody`, () =>
      survive({ files: withMetadata("odd", text), check: assertAllDecided }));
  }

  for (const [name, value] of Object.entries(oddValues)) {
    test(`with ${name} in any of its fields harms nobody`, () =>
      survive({
        files: Object.assign(
          {},
          ...fields.map((field, at) => withMetadata(`odd${at}`, `{ "${field}": ${value} }`)),
        ) as Files,
        options: { coreVersion: "1.0.0" },
        check: assertAllDecided,
      }));
  }

  test("that names the odd as dependencies harms nobody, in a list or an object", () => {
    const files = oddNames.flatMap((name, at) => [
      withMetadata(`list${at}`, JSON.stringify({ dependencies: [name] })),
      withMetadata(`object${at}`, `{ "dependencies": { ${JSON.stringify(name)}: "*" } }`),
      withMetadata(`optional${at}`, JSON.stringify({ optional_dependencies: [name] })),
    ]);
    return survive({ files: Object.assign({}, ...files) as Files, check: assertAllDecided });
  });

  test("that names the odd as its entry or its globs never leads out of the folder", () => {
    const files = oddNames.flatMap((name, at) => [
      withMetadata(`entry${at}`, JSON.stringify({ entry: name })),
      withMetadata(`file${at}`, JSON.stringify({ entry: `${name}/plugin.ts` })),
      withMetadata(`watch${at}`, JSON.stringify({ watch: [name] })),
    ]);
    return survive({ files: Object.assign({}, ...files) as Files });
  });

  test("of any JSON harms nobody", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.json({ maxDepth: 4 }), { minLength: 5, maxLength: 10 }), async (texts) => {
        await survive({
          files: Object.assign({}, ...texts.map((text, at) => withMetadata(`odd${at}`, text))) as Files,
        });
      }),
      { seed, numRuns: 30 },
    ));

  test("of any object with its own fields harms nobody", () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom("healthy", "healthy@^1", "^1.0.0", "1.2.3", "plugin.ts", "/x", "swap"),
      fc.array(fc.constantFrom("healthy", "odd0", "odd1", "odd2", "gone", "healthy@>=0")),
      fc.dictionary(fc.constantFrom("healthy", "odd0", "odd1", "odd2", "gone"), fc.constantFrom("*", "^1", "x", "")),
    );
    const metadata = fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 6 });
    return fc.assert(
      fc.asyncProperty(fc.array(metadata, { minLength: 3, maxLength: 8 }), async (all) => {
        const files = all.map((each, at) => withMetadata(`odd${at}`, JSON.stringify(each)));
        await survive({ files: Object.assign({}, ...files) as Files, check: assertAllDecided });
      }),
      { seed, numRuns: 40 },
    );
  });

  test("of any bytes harms nobody", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 5, maxLength: 10 }), async (all) => {
        await survive({
          files: Object.assign({}, ...all.map((bytes, at) => withMetadata(`odd${at}`, bytes))) as Files,
        });
      }),
      { seed, numRuns: 30 },
    ));
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { survive, type Attack } from "./arena.ts";
import { oddNames, oddTexts, oddValues } from "./json-texts.ts";

const seed = 20_240_502;
const healthyEntry = '{ "name": "healthy", "enabled": true }';

/** A config file; when plugo accepts it without the healthy plugin in it, there is nothing more to hold. */
function withConfig(text: string | Uint8Array, more: Partial<Attack> = {}): Attack {
  return {
    files: { "config.json": text },
    options: (folder) => ({ configPath: folder.at("config.json"), env: { ENABLED_PLUGINS: "healthy" } }),
    mayReject: true,
    ...more,
  };
}

function accepted(entries: string): Attack {
  return { ...withConfig(`{ "plugins": [${healthyEntry}, ${entries}] }`), mayReject: false };
}

describe("plugins_config.json", () => {
  for (const [name, text] of Object.entries(oddTexts)) {
    test(`that holds ${name} is refused in words, or used`, () => survive(withConfig(text)));
    test(`whose plugins are ${name} are refused in words, or used`, () =>
      survive(withConfig(Buffer.concat([Buffer.from('{ "plugins": '), Buffer.from(text), Buffer.from(" }")]))));
  }

  for (const [name, value] of Object.entries(oddValues)) {
    test(`with ${name} in any of its fields is refused in words, or used`, async () => {
      for (const text of [
        `{ "plugins": ${value} }`,
        `{ "plugins": [${value}, ${healthyEntry}] }`,
        `{ "plugins": [{ "name": ${value}, "enabled": true }] }`,
        `{ "plugins": [{ "name": "healthy", "enabled": ${value} }] }`,
        `{ "plugins": [{ "name": "healthy", "enabled": true, "config": ${value} }] }`,
        `{ "plugins": [{ "name": "healthy", "enabled": true, "config": { "a": ${value} } }] }`,
        `{ "plugins": [], "$schema": ${value} }`,
        `{ "__proto__": ${value}, "plugins": [${healthyEntry}] }`,
      ]) {
        await survive(withConfig(text));
      }
    });
  }

  for (const name of oddNames) {
    test(`that enables ${JSON.stringify(name).slice(0, 40)} leads nowhere else`, () =>
      survive({
        ...accepted(`{ "name": ${JSON.stringify(name)}, "enabled": true }`),
        check: (outcome) => {
          assert.ok("host" in outcome);
          assert.deepEqual([...outcome.host.loaded], ["healthy"]);
          const { problems } = outcome.host.report;
          assert.equal(problems.length, 1);
          const isPossible = /^[\w-][\w.-]{0,213}$/.test(name) && name !== "__proto__";
          assert.equal(problems[0]?.code, isPossible ? "PLUGO_UNKNOWN_PLUGIN" : "PLUGO_NAME_INVALID");
        },
      }));
  }

  test("that disables odd names is used", () =>
    survive(accepted(oddNames.map((name) => `{ "name": ${JSON.stringify(name)}, "enabled": false }`).join(", "))));

  test("of 100 000 entries in one line is used", () => {
    const entries = Array.from({ length: 100_000 }, (_, at) => `{ "name": "gone${at}", "enabled": ${at % 50 === 0} }`);
    return survive({ ...accepted(entries.join(",")) });
  });

  test("of any JSON is refused in words, or used", () =>
    fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), (text) => survive(withConfig(text))),
      { seed, numRuns: 60 },
    ));

  test("of any entries is refused in words, or used", () => {
    const entry = fc.record(
      {
        name: fc.oneof(fc.string(), fc.constantFrom("healthy", ...oddNames)),
        enabled: fc.boolean(),
        config: fc.object({ maxDepth: 2 }),
      },
      { requiredKeys: ["name", "enabled"] },
    );
    return fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), (plugins) =>
        survive(withConfig(JSON.stringify({ plugins }))),
      ),
      { seed, numRuns: 60 },
    );
  });
});

describe("ENABLED_PLUGINS", () => {
  /** A path in it is loaded as a module, so what leads to the canary on purpose is left out. */
  const harmless = oddNames.filter((name) => !/canary|constructor/.test(name));
  for (const name of harmless) {
    test(`with ${JSON.stringify(name).slice(0, 40)} is told, or passed over`, () =>
      survive({ options: { env: { ENABLED_PLUGINS: `healthy,${name},,` } } }));
  }

  test("with all of them, 10 000 commas and 5 MB of one name is told", async () => {
    await survive({ options: { env: { ENABLED_PLUGINS: `${harmless.join(",")},healthy` } } });
    await survive({ options: { env: { ENABLED_PLUGINS: `${",".repeat(10_000)} healthy ${", ".repeat(10_000)}` } } });
    await survive({ options: { env: { ENABLED_PLUGINS: `healthy,${"x".repeat(5_000_000)}` } } });
  });

  test("of any text is told, or passed over", () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), (text) =>
        survive({ options: { env: { ENABLED_PLUGINS: text.replaceAll(/canary|constructor|[/\\]/g, "") } } }),
      ),
      { seed, numRuns: 60 },
    ));
});

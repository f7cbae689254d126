import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { loadPlugins } from "@plugo/node";
import { honoRoutes } from "@plugo/node/hono";
import { Hono } from "hono";
import { keepLines } from "../support/load.ts";
import { nextReport } from "../support/next-report.ts";
import { runOwnTests } from "./run-own-tests.ts";

const root = path.resolve(import.meta.dirname, "../../..");

/** The forms of a name that a copy replaces, the longer ones first. */
const replaced: readonly (readonly [from: string, to: string])[] = [
  ["sample_plugin", "tool_shed"],
  ["sample-plugin", "tool-shed"],
  ["samplePlugin", "toolShed"],
  ["SamplePlugin", "ToolShed"],
  ["Item", "Tool"],
  ["item", "tool"],
];

interface Copy extends Disposable {
  /** The plugin directory, within the checkout so that packages are found. */
  readonly directory: string;
  readonly folder: string;
}

/** A template as the plugin `tool_shed`, whose resource is `tool`. */
function copy(template: string): Copy {
  mkdirSync(path.join(root, "build"), { recursive: true });
  const directory = mkdtempSync(path.join(root, "build", "copied-"));
  const from = path.join(root, "templates", template);
  const folder = path.join(directory, "tool_shed");
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const target = path.join(folder, renamed(path.relative(from, file)));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, renamed(readFileSync(file, "utf8")));
  }
  return { directory, folder, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}

function renamed(text: string): string {
  return replaced.reduce((done, [from, to]) => done.replaceAll(from, to), text);
}

describe("a copied template", () => {
  for (const template of ["base-express", "ui-hono", "api-fastify"]) {
    test(`passes its tests under other names: ${template}`, async () => {
      using copied = copy(template);
      const { exitCode, output } = await runOwnTests(copied.folder);
      assert.equal(exitCode, 0, output);
    });
  }

  test("shows a saved view and a saved stylesheet without a restart", async () => {
    using copied = copy("ui-hono");
    const app = new Hono();
    await using host = await loadPlugins({
      pluginDirectory: copied.directory,
      context: { app: honoRoutes(app) },
      logger: keepLines(),
      environments: false,
      env: {},
      plugins: [],
    });
    const ask = async (url: string): Promise<string> => {
      const answer = await app.request(url);
      return answer.text();
    };
    const stylesheet = async (): Promise<string> => /href="([^"]+\.css[^"]*)"/.exec(await ask("/tool-shed"))?.[1] ?? "";
    assert.match(await ask("/tool-shed"), /No tools yet/);
    const before = await stylesheet();

    const view = path.join(copied.folder, "views", "index.eta");
    let reloaded = nextReport(host);
    writeFileSync(view, readFileSync(view, "utf8").replace("No tools yet", "The shed is empty"));
    assert.deepEqual((await reloaded).loaded, ["tool_shed"]);
    assert.match(await ask("/tool-shed"), /The shed is empty/);

    reloaded = nextReport(host);
    writeFileSync(path.join(copied.folder, "public", "style.css"), "body { color: red; }");
    assert.deepEqual((await reloaded).loaded, ["tool_shed"]);
    assert.notEqual(await stylesheet(), before, "browsers keep the old one under its own address");
    assert.equal(await ask(await stylesheet()), "body { color: red; }");
  });
});

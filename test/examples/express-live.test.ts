import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { exampleFile, ExampleProcess } from "./example-process.ts";

/** The example as a person has it who has started it: its files are edited while it runs. */
describe("examples/express-plugins while it runs", () => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "plugo-test-")));
  const app = path.join(folder, "express-plugins");
  const at = (file: string): string => path.join(app, "plugins", file);
  let running: ExampleProcess;
  let url = "";

  before(async () => {
    cpSync(exampleFile("express-plugins"), app, { recursive: true });
    symlinkSync(exampleFile("../node_modules"), path.join(folder, "node_modules"), "junction");
    running = new ExampleProcess(["app.js"], { cwd: app, env: { PORT: "0" } });
    [, url = ""] = await running.waitFor(/^Open (http:\S+)\/$/m);
    await running.waitFor(/watching /);
  });
  after(async () => {
    await running[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const get = async (page: string): Promise<string> => (await fetch(`${url}/plugins/${page}`)).text();
  const edit = (file: string, change: (text: string) => string): void =>
    writeFileSync(at(file), change(readFileSync(at(file), "utf8")));

  it("serves an edited text with the next response", async () => {
    edit("sample_plugin/plugin.ts", (text) => text.replace("Hello from", "Good morning from"));
    await running.waitFor(/\[sample_plugin\] reloaded 1\.0\.0 as generation 2/);
    assert.match(await get("sample_plugin"), /^Good morning from sample_plugin!/);
  });

  it("serves a plugin that the config enables", async () => {
    assert.equal((await fetch(`${url}/plugins/another_plugin`)).status, 404);
    const config = path.join(app, "plugins_config.json");
    writeFileSync(config, readFileSync(config, "utf8").replace("false", "true"));
    await running.waitFor(/\[another_plugin\] loaded/);
    assert.equal(await get("another_plugin"), "Hello from another_plugin!\n");
  });

  it("serves a folder that is added, and not one that is deleted", async () => {
    cpSync(at("another_plugin"), at("added"), { recursive: true });
    const config = path.join(app, "plugins_config.json");
    const enabled = `"plugins": [{ "name": "added", "enabled": true },`;
    writeFileSync(config, readFileSync(config, "utf8").replace(`"plugins": [`, enabled));
    await running.waitFor(/\[added\] loaded/);
    assert.equal(await get("added"), "Hello from added!\n");
    rmSync(at("added"), { recursive: true });
    await running.waitFor(/\[added\] stopped/);
    assert.equal((await fetch(`${url}/plugins/added`)).status, 404);
  });

  it("goes on with the old one when one is broken, and shows where", async () => {
    edit("SomeOtherPlugin/plugin.ts", (text) => text.replace("app.get(", "app.get((("));
    await running.waitFor(/PLUGO_SYNTAX/);
    assert.match(running.output, /Syntax error in plugins\/SomeOtherPlugin\/plugin\.ts:\d+:\d+/);
    assert.match(running.output, /^ *> +\d+ \|/m);
    assert.match(await get("SomeOtherPlugin"), /"id":/);
    edit("SomeOtherPlugin/plugin.ts", (text) => text.replace("app.get(((", "app.get("));
    await running.waitFor(/\[SomeOtherPlugin\] is as it runs again/);
  });
});

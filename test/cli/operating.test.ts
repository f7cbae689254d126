import assert from "node:assert/strict";
import { chmodSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { CheckJson, DoctorJson, FailureJson, ListJson, SwitchJson, WhyJson } from "@plugo/node/cli";
import { createFolder } from "../support/plugin-folder.ts";
import { plugoJson, runPlugo } from "./run-plugo.ts";
import { createGoodShop, createShop } from "./shop.ts";

const phasesOf = ({ plugins }: ListJson): Record<string, string> =>
  Object.fromEntries(plugins.map(({ name, phase }) => [name, phase]));

const shopPhases = { auth: "ready", orders: "ready", old: "disabled", needy: "blocked", unmentioned: "disabled" };

describe("plugo list", () => {
  test("is a table, and says what was read", async () => {
    using shop = createShop();
    const { exitCode, stdout, stderr } = await runPlugo(shop.path, ["list"]);
    assert.equal(exitCode, 0);
    assert.equal(stderr, "");
    assert.equal(
      stdout,
      `Read plugins and plugins_config.json in ${shop.path} (by "plugo" in package.json).

name         version  phase     source      why
auth         2.0.0    ready     dependency  needed by orders
orders       1.2.0    ready     config      enabled in plugins_config.json
old          0.0.0    disabled  config      disabled in plugins_config.json
needy        0.0.0    blocked   config      needy needs old, old is disabled in plugins_config.json
unmentioned  0.0.0    disabled  config      not enabled in plugins_config.json

2 ready, 2 disabled, 1 blocked
`,
    );
  });

  test("gives scripts the same, from any folder of the project", async () => {
    using shop = createShop();
    const lists = await Promise.all(
      [".", "src/deep", "plugins/orders"].map((folder) => plugoJson<ListJson>(shop.at(folder), ["list"])),
    );
    for (const list of lists) {
      assert.deepEqual(phasesOf(list), shopPhases);
      assert.deepEqual(list, lists[0]);
    }
    const [orders] = lists[0]?.plugins.filter(({ name }) => name === "orders") ?? [];
    assert.deepEqual(orders, {
      name: "orders",
      version: "1.2.0",
      phase: "ready",
      source: "config",
      reason: "enabled in plugins_config.json",
      where: "plugins_config.json:3:5",
      path: shop.at("plugins/orders"),
      dependencies: ["auth"],
      optionalDependencies: [],
      dependents: [],
      problem: null,
      loadMs: null,
    });
  });

  test("tells a slip in ENABLED_PLUGINS from a package and a path", async () => {
    using shop = createShop({
      "node_modules/real/package.json": { name: "real", type: "module", exports: { import: "./index.js" } },
      "node_modules/real/index.js": "export const initPlugin = () => {};",
    });
    const env = { ENABLED_PLUGINS: "orderz,real,./lib/own.js" };
    const list = await plugoJson<ListJson>(shop.path, ["list"], { env });
    const { orderz, real } = phasesOf(list);
    assert.deepEqual([orderz, real], ["failed", "ready"]);
    assert.match(
      list.plugins.find(({ name }) => name === "orderz")?.problem?.message ?? "",
      /No plugin is named "orderz", which ENABLED_PLUGINS asks for\. Did you mean "orders"\?/,
    );
    assert.equal((await runPlugo(shop.path, ["check"], { env: { ENABLED_PLUGINS: "orderz" } })).exitCode, 1);
  });

  test("hears ENABLED_PLUGINS, --plugin-directory and --config", async () => {
    using shop = createShop({ "other/solo/metadata.json": {}, "other.json": { plugins: [] } });
    const env = { ENABLED_PLUGINS: "unmentioned" };
    assert.equal(phasesOf(await plugoJson(shop.path, ["list"], { env }))["unmentioned"], "ready");
    const args = [
      "list",
      "--plugin-directory",
      "../other",
      "--plugin-directory",
      "../plugins",
      "--config",
      "../other.json",
    ];
    const other = await plugoJson<ListJson>(shop.at("src"), args);
    assert.equal(other.project.foundBy, "option");
    assert.equal(other.project.configFile, shop.at("other.json"));
    assert.deepEqual(new Set(Object.keys(phasesOf(other))), new Set(["solo", ...Object.keys(shopPhases)]));
  });

  test("measures with --load, finds what throws, and ends whatever the plugins have started", async () => {
    using shop = createGoodShop({
      "plugins/orders/plugin.ts":
        "setInterval(() => {}, 1000); export function initPlugin() { throw new Error('called'); }",
      "plugins/needy/plugin.ts": "throw new Error('no luck'); export function initPlugin() {}",
    });
    const { plugins } = await plugoJson<ListJson>(shop.path, ["list", "--load"]);
    const of = (name: string) => plugins.find((plugin) => plugin.name === name);
    assert.equal(of("orders")?.phase, "ready");
    assert.ok((of("orders")?.loadMs ?? -1) >= 0);
    assert.equal(of("needy")?.phase, "failed");
    assert.equal(of("needy")?.loadMs, null);
    assert.match(of("needy")?.problem?.message ?? "", /no luck/);
    const { stdout, exitCode } = await runPlugo(shop.path, ["list", "--load"]);
    assert.match(stdout, / ms +why\n/);
    assert.equal(exitCode, 0, "it has ended by itself");
  });

  test("says where there are no plugins what to do, on standard error", async () => {
    using folder = createFolder({ "package.json": {} });
    const { exitCode, stdout, stderr } = await runPlugo(folder.path, ["list"]);
    assert.equal(exitCode, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^plugo: There are no plugins in .*\n {4}→ Make one with "plugo new-base-plugin"/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });

  test("says as JSON what went wrong, too", async () => {
    using folder = createFolder({ "package.json": "{" });
    const { exitCode, stdout } = await runPlugo(folder.path, ["list", "--json"]);
    assert.equal(exitCode, 1);
    const { error } = JSON.parse(stdout) as FailureJson;
    assert.equal(error.code, "PLUGO_PROJECT_INVALID");
    assert.match(error.remedy, /^Correct "package\.json"/);
  });

  test("lets no name in a file steer the terminal", async () => {
    using shop = createShop({ "plugins/orders/metadata.json": { dependencies: ["\u001B[31mred"] } });
    const { stdout } = await runPlugo(shop.path, ["list"]);
    assert.ok(!stdout.includes("\u001B"));
  });

  test("ends quietly when who reads has read enough", async () => {
    using shop = createShop();
    const { exitCode, stderr } = await runPlugo(shop.path, ["list"], { closesOutput: true });
    assert.equal(exitCode, 0);
    assert.equal(stderr, "");
  });
});

describe("plugo check", () => {
  test("finds that the application has not what a plugin takes from it", async () => {
    using shop = createShop({
      "plugins/auth/package.json": { type: "module", peerDependencies: { "not-there": "^1.0.0" } },
    });
    const { exitCode, stdout } = await runPlugo(shop.path, ["check"]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /\[auth\] .*\n {2}- not-there: .*asks for "\^1\.0\.0", and it is not installed/);
  });

  test("exits with 0 when nothing is wrong, and runs no plugin", async () => {
    using shop = createGoodShop({
      "plugins/auth/plugin.ts": "throw new Error('runs'); export function initPlugin() {}",
    });
    const { exitCode, stdout } = await runPlugo(shop.path, ["check"]);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /Nothing is wrong: 3 ready, 2 disabled\. No code of a plugin was run\.\n$/);
  });

  test("exits with 1, and finds what loadPlugins would: in files, metadata, config and the plan", async () => {
    using shop = createShop({
      "plugins_config.json": {
        plugins: ["orders", "broken", "no_entry", "bad_range", "typo"].map((name) => ({ name, enabled: true })),
      },
      "plugins/auth/plugin.ts": "export function initPlugin( {",
      "plugins/broken/metadata.json": "{ nope",
      "plugins/no_entry/metadata.json": {},
      "plugins/bad_range/metadata.json": { core_version: "^9.0.0" },
    });
    const { exitCode, stdout } = await runPlugo(shop.path, ["check", "--json"]);
    assert.equal(exitCode, 1);
    const { ok, plugins, problems } = JSON.parse(stdout) as CheckJson;
    assert.equal(ok, false);
    const codes = plugins.flatMap(({ name, phase, problem }) =>
      problem === null ? [] : [[name, phase, problem.code]],
    );
    assert.deepEqual(
      codes.toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
      [
        ["auth", "failed", "PLUGO_SYNTAX"],
        ["bad_range", "blocked", "PLUGO_CORE_VERSION"],
        ["broken", "failed", "PLUGO_MANIFEST_INVALID"],
        ["no_entry", "failed", "PLUGO_ENTRY_MISSING"],
        ["orders", "blocked", "PLUGO_DEPENDENCY_FAILED"],
      ],
    );
    assert.deepEqual(
      problems.map(({ code, plugin }) => [code, plugin]),
      [["PLUGO_UNKNOWN_PLUGIN", "typo"]],
    );
    const text = (await runPlugo(shop.path, ["check"])).stdout;
    assert.match(text, /\[auth\] Syntax error in plugins\/auth\/plugin\.ts:1:/);
    assert.match(text, /Something is wrong: /);
  });

  test("says what loadPlugins would say of the packages that plugins ask for", async () => {
    using shop = createGoodShop({
      "plugins/auth/package.json": { dependencies: { "": "1", "../x": "1" } },
      "plugins/old/package.json": { dependencies: { left: "git+ssh://git.test/left" } },
      "plugins/needy/package.json": { peerDependencies: { express: "5" } },
      "plugins/unmentioned/package.json": { dependencies: { lodash: "4" } },
      "plugins_config.json": {
        plugins: ["auth", "old", "needy", "unmentioned"].map((name) => ({ name, enabled: true })),
      },
    });
    const { ok, plugins } = await plugoJson<CheckJson>(shop.path, ["check"]);
    assert.equal(ok, false);
    const codes = new Map(plugins.map(({ name, problem }) => [name, problem?.code]));
    assert.equal(codes.get("auth"), "PLUGO_MANIFEST_INVALID");
    assert.equal(codes.get("old"), "PLUGO_DEPENDENCY_REFUSED");
    assert.equal(codes.get("needy"), "PLUGO_PEER_VERSION");
    assert.equal(codes.get("unmentioned"), undefined);
  });

  test("does its work when nobody reads its notes", async () => {
    using shop = createGoodShop({ "package.json": { plugo: { pluginDirectory: "plugins", unknown: 1 } } });
    const { exitCode, stdout } = await runPlugo(shop.path, ["list"], { closesErrors: true });
    assert.equal(exitCode, 0);
    assert.match(stdout, /orders[^]*ready/);
  });

  test("hints at unknown fields, and at none that plugo knows", async () => {
    const plugo = { pluginDirectory: "plugins", sharedDependencies: [], allowedDependencies: [] };
    using shop = createGoodShop({
      "package.json": { plugo },
      "plugins/auth/metadata.json": { dependancies: [] },
    });
    const { ok, hints } = await plugoJson<CheckJson>(shop.path, ["check"]);
    assert.equal(ok, true);
    assert.match(hints.join("\n"), /"dependancies"; did you mean "dependencies"\?/);
    assert.doesNotMatch(hints.join("\n"), /sharedDependencies|allowedDependencies/);
  });

  test("writes nothing", async () => {
    using shop = createGoodShop();
    await runPlugo(shop.path, ["check"]);
    assert.throws(() => readFileSync(shop.at(".plugo")), { code: "ENOENT" });
  });
});

describe("plugo why", () => {
  test("says who decides, who is overridden, and who needs it", async () => {
    using shop = createShop();
    const env = { ENABLED_PLUGINS: "old" };
    const why = await plugoJson<WhyJson>(shop.path, ["why", "old"], { env });
    assert.equal(why.plugin.phase, "ready");
    assert.deepEqual(why.wishes, [
      { source: "env", enabled: true, reason: "enabled by ENABLED_PLUGINS", where: "ENABLED_PLUGINS" },
      { source: "config", enabled: false, reason: "disabled in plugins_config.json", where: "plugins_config.json:4:5" },
    ]);
    assert.deepEqual(why.neededBy, ["needy"]);
    const { stdout } = await runPlugo(shop.path, ["why", "old"], { env });
    assert.match(stdout, /old 0\.0\.0 is ready\n/);
    assert.match(stdout, /because {5}enabled by ENABLED_PLUGINS/);
    assert.match(stdout, /overrides {3}disabled in plugins_config\.json/);
  });

  test("says what is wrong and what to do", async () => {
    using shop = createShop();
    const { stdout, exitCode } = await runPlugo(shop.path, ["why", "needy"]);
    assert.equal(exitCode, 0);
    assert.match(
      stdout,
      /needy needs old, old is disabled in plugins_config\.json\.\n {4}→ Enable "old" \(plugins_config\.json:4:5\)/,
    );
  });

  test("exits with 1 for a name that there is not, with the nearest", async () => {
    using shop = createShop();
    const { stderr, exitCode } = await runPlugo(shop.path, ["why", "ordres"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /No plugin is named "ordres".* Did you mean "orders"\?/);
  });
});

describe("plugo enable and disable", () => {
  test("change one value of the config, and say what comes of it", async () => {
    using shop = createShop();
    const before = readFileSync(shop.at("plugins_config.json"), "utf8");
    const enabled = await plugoJson<SwitchJson>(shop.at("src/deep"), ["enable", "old"]);
    assert.equal(readFileSync(shop.at("plugins_config.json"), "utf8"), before.replace("false", "true"));
    assert.equal(enabled.plugin.phase, "ready");
    assert.deepEqual(enabled.affected, [
      { name: "old", from: "disabled", to: "ready" },
      { name: "needy", from: "blocked", to: "ready" },
    ]);
    const { stdout } = await runPlugo(shop.path, ["disable", "old"]);
    assert.equal(readFileSync(shop.at("plugins_config.json"), "utf8"), before);
    assert.match(stdout, /"old" is disabled in plugins_config\.json\.\n/);
    assert.match(stdout, /"needy" was ready and is now blocked\./);
  });

  test("say who has the last word when the config has not", async () => {
    using shop = createShop();
    const { stdout } = await runPlugo(shop.path, ["disable", "orders"], { env: { ENABLED_PLUGINS: "orders" } });
    assert.match(stdout, /plugins_config\.json: ready\.\nIt stays so: enabled by ENABLED_PLUGINS/);
  });

  test("refuse an unknown plugin, and leave the config alone", async () => {
    using shop = createShop();
    const before = readFileSync(shop.at("plugins_config.json"), "utf8");
    assert.equal((await runPlugo(shop.path, ["enable", "nope"])).exitCode, 1);
    assert.equal(readFileSync(shop.at("plugins_config.json"), "utf8"), before);
  });

  test("say without a config what to do", async () => {
    using folder = createFolder({ "package.json": {}, "plugins/a/metadata.json": {} });
    const { exitCode, stderr } = await runPlugo(folder.path, ["disable", "a"]);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /no config file in which to disable "a".*\n {4}→ Rename its folder to "_a", which is passed over; or create plugins_config\.json/,
    );
  });

  test("say that a config is read-only", { skip: process.platform === "win32" }, async () => {
    using shop = createShop();
    chmodSync(shop.path, 0o755);
    chmodSync(shop.at("plugins_config.json"), 0o444);
    // The superuser may write everywhere.
    const uid = process.getuid?.() === 0 ? 65_534 : undefined;
    const { exitCode, stderr } = await runPlugo(shop.path, ["enable", "old"], uid === undefined ? {} : { uid });
    assert.equal(exitCode, 1);
    assert.match(stderr, /cannot be written: .*\n {4}→ Make "plugins_config\.json" and its folder writable\./);
  });
});

describe("plugo graph", () => {
  test("is a tree in which each plugin stands above what it needs", async () => {
    using shop = createShop({
      "plugins/unmentioned/metadata.json": { dependencies: ["orders"], optional_dependencies: ["auth"] },
    });
    const { stdout } = await runPlugo(shop.path, ["graph"]);
    assert.match(
      stdout,
      /\nneedy 0\.0\.0 {2}blocked\n└─ old 0\.0\.0 {2}disabled\nunmentioned 0\.0\.0 {2}disabled\n├─ orders 1\.2\.0 {2}ready\n│ {2}└─ auth 2\.0\.0 {2}ready\n└─ auth 2\.0\.0 {2}ready, optional\n$/,
    );
  });

  test("is JSON with --format json as with --json", async () => {
    using shop = createShop();
    const { stdout } = await runPlugo(shop.path, ["graph", "--format", "json"]);
    assert.deepEqual(JSON.parse(stdout), await plugoJson(shop.path, ["graph"]));
    assert.deepEqual(phasesOf(JSON.parse(stdout) as ListJson), shopPhases);
  });

  test("puts nothing but the picture on standard output", async () => {
    using shop = createShop();
    for (const [format, begin] of [
      ["mermaid", "graph LR\n"],
      ["dot", "digraph plugins {\n"],
      ["svg", "<svg xmlns="],
    ] as const) {
      const { stdout, stderr } = await runPlugo(shop.path, ["graph", "--format", format]);
      assert.ok(stdout.startsWith(begin), format);
      for (const name of Object.keys(shopPhases)) assert.ok(stdout.includes(name), `${format} shows ${name}`);
      for (const phase of ["ready", "blocked"]) assert.ok(stdout.includes(phase), `${format} shows ${phase}`);
      assert.match(stderr, /^Read plugins and/);
    }
  });

  test("refuses a format that there is not with 2", async () => {
    using shop = createShop();
    const { exitCode, stderr } = await runPlugo(shop.path, ["graph", "--format", "png"]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /tree, mermaid, dot, svg, json/);
  });
});

describe("plugo doctor", () => {
  test("looks at everything, and exits with 0 when nothing is bad", async () => {
    using shop = createGoodShop();
    const { ok, findings } = await plugoJson<DoctorJson>(shop.path, ["doctor", "--load"]);
    assert.equal(ok, true);
    assert.deepEqual(
      findings.map(({ topic }) => topic),
      ["node", "plugins", "copies", "watching", "cache", "environments", "speed"],
    );
    const of = (topic: string) => findings.find((finding) => finding.topic === topic);
    assert.equal(of("node")?.state, "good");
    assert.match(of("speed")?.message ?? "", /orders \d+\.\d ms/);
    assert.match(of("copies")?.message ?? "", /is not installed here/);
  });

  test("finds two copies of plugo, and plugins without their packages", async () => {
    const own = { name: "@plugo/node", version: "0.0.9" };
    using shop = createGoodShop({
      "node_modules/@plugo/node/package.json": { ...own, version: "0.1.0" },
      "plugins/orders/node_modules/@plugo/node/package.json": own,
      "plugins/auth/package.json": { dependencies: { leftpad: "^1.0.0" } },
    });
    const { findings } = await plugoJson<DoctorJson>(shop.path, ["doctor"]);
    const of = (topic: string) => findings.find((finding) => finding.topic === topic);
    assert.equal(of("copies")?.state, "notable");
    assert.match(of("copies")?.message ?? "", /2 copies of @plugo\/node: 0\.1\.0 in .*, 0\.0\.9 in plugins\/orders/);
    assert.match(of("environments")?.message ?? "", /not installed yet: auth/);
  });
});

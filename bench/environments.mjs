// What environments cost: a first start beside the installer alone, and what a start adds when everything is there.
// The packages come from a registry on loopback, and are in the installer's cache.
//
//   node bench/environments.mjs [--rounds=5]      after: npm test -- kernel/scope
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { bunTool } from "../dist/environments/installers/bun-tool.js";
import { findInstaller } from "../dist/environments/installers/find-installer.js";
import { npmTool } from "../dist/environments/installers/npm-tool.js";
import { pnpmTool } from "../dist/environments/installers/pnpm-tool.js";
import { runAlone } from "./harness/part.mjs";
import { identify } from "./harness/provide.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";

const project = join(import.meta.dirname, "..");
const tools = { npm: npmTool, pnpm: pnpmTool, bun: bunTool };
/** As a person would type it. */
const commands = {
  npm: ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
  pnpm: ["install", "--prod", "--ignore-scripts", "--prefer-offline"],
  bun: ["install", "--production", "--ignore-scripts"],
};

export const part = {
  name: "environments",
  title: "Environments",
  script: "bench/environments.mjs",
  rounds: { full: 5, quick: 2 },
  packages: () => ["pnpm", "bun"].map(identify),
  comparisons: {
    first: {
      title: "First start of four plugins with five packages each",
      unit: "ms",
      baseline: "the installer alone",
      main: "plugo",
      plot: undefined,
      about: `Each plugin declares five packages of 40 files, of which each needs another. They come from a registry on this machine and are in
the installer's cache. **The installer alone** is its command, once in each of four folders, one after the other, as a person would
type it: \`npm install --omit=dev\`, \`pnpm install --prod\`, \`bun install --production\`. **plugo** is \`loadPlugins\` with that
installer, from the first call until all plugins run: it makes the environments, checks them, links them and loads.`,
      why: `plugo runs the same installer, so it cannot take less by much, and the quicker the installer, the more the rest counts: it is the check of what was installed, the marker and
the move to the final place, and the loading of plugins.`,
    },
    later: {
      title: "Later start of 20 plugins, by what they declare",
      unit: "ms",
      digits: 1,
      baseline: "plugo, no packages",
      main: "plugo, five packages each",
      plot: undefined,
      about: `\`loadPlugins\` when the environments are there: 20 plugins without dependencies beside the same 20 with five each. No
installer runs.`,
      why: `That is the price of environments on each start: whether what is there is what is wanted is read from two small files of each
plugin.`,
    },
  },
  async measure({ rounds, isQuick, say }) {
    const { startRegistry } = await import("../build/test/support/registry.js");
    const registry = await startRegistry();
    // Outside of the project, whose settings and workspaces would count.
    const root = mkdtempSync(join(tmpdir(), "plugo-bench-"));
    const npmrc = `registry=${registry.url}\n`;
    const env = registry.env();
    try {
      publish(registry);
      const first = createRecord(Object.keys(tools), ["the installer alone", "plugo"]);
      for (const name of Object.keys(tools)) {
        say(name);
        await firstStart({ root, env, npmrc, name, rounds, record: first });
      }
      say("later starts");
      return { first, later: await laterStart({ root, env, npmrc, rounds: isQuick ? 3 : rounds * 6 }) };
    } finally {
      await registry[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    }
  },
};

/** 40 packages of 40 files; each of the first 20 needs one of the others. */
function publish(registry) {
  const files = Object.fromEntries(
    Array.from({ length: 38 }, (_, index) => [`lib/file-${index}.js`, `module.exports = "${"x".repeat(2_000)}";\n`]),
  );
  for (let index = 0; index < 40; index += 1) {
    const dependencies = index < 20 ? { [`package-${index + 20}`]: "^1.0.0" } : {};
    registry.publish(`package-${index}`, "1.0.0", { dependencies }, files);
  }
}

function dependenciesOf(plugin) {
  return Object.fromEntries(
    Array.from({ length: 5 }, (_, index) => [`package-${(plugin * 5 + index) % 20}`, "^1.0.0"]),
  );
}

async function firstStart({ root, env, npmrc, name, rounds, record }) {
  const count = 4;
  const program = findInstaller(tools[name], { hostFolder: project, env });
  // The first round fills the cache.
  for (const round of roundsWithin(rounds + 1, 25)) {
    const folder = join(root, `${name}-${round}`);
    const alone = await installAlone({ folder, npmrc, program, args: commands[name], env, count });
    const application = makeApplication({ folder: join(folder, "application"), npmrc, count, hasDependencies: true });
    const milliseconds = await start(application, env, name);
    rmSync(folder, { recursive: true });
    if (round === 0) continue;
    record.add(name, "the installer alone", alone);
    record.add(name, "plugo", milliseconds);
  }
}

async function installAlone({ folder, npmrc, program: { command, leading }, args, env, count }) {
  const folders = Array.from({ length: count }, (_, plugin) => {
    const environment = join(folder, `alone-${plugin}`);
    write(join(environment, "package.json"), { name: "alone", private: true, dependencies: dependenciesOf(plugin) });
    write(join(environment, ".npmrc"), npmrc);
    return environment;
  });
  const startTime = performance.now();
  for (const cwd of folders) {
    const child = spawn(command, [...leading, ...args], { cwd, env, stdio: ["ignore", "ignore", "inherit"] });
    const [exitCode] = await once(child, "exit");
    if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${exitCode} in ${cwd}`);
  }
  return performance.now() - startTime;
}

async function laterStart({ root, env, npmrc, rounds }) {
  const count = 20;
  const names = { with: "plugo, five packages each", without: "plugo, no packages" };
  const record = createRecord(["to load"], [names.without, names.with]);
  const applications = Object.keys(names).map((key) => [
    names[key],
    makeApplication({ folder: join(root, key), npmrc, count, hasDependencies: key === "with" }),
  ]);
  for (const [, folder] of applications) await start(folder, env, "npm");
  for (const _ of roundsWithin(rounds, 15)) {
    for (const [name, folder] of applications) record.add("to load", name, await start(folder, env, "npm"));
  }
  return record;
}

function makeApplication({ folder, npmrc, count, hasDependencies }) {
  write(join(folder, "package.json"), { name: "application", version: "1.0.0", private: true, type: "module" });
  write(join(folder, ".npmrc"), npmrc);
  for (let plugin = 0; plugin < count; plugin += 1) {
    const own = join(folder, "plugins", `plugin-${plugin}`);
    write(join(own, "metadata.json"), {});
    write(join(own, "plugin.ts"), "export const initPlugin = () => {};\n");
    write(join(own, "package.json"), { dependencies: hasDependencies ? dependenciesOf(plugin) : {} });
  }
  write(
    join(folder, "app.js"),
    `import { loadPlugins } from "@plugo/node";
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const startTime = performance.now();
const options = { pluginDirectory: "plugins", logger, hotReload: false };
const host = await loadPlugins({ ...options, environments: { installer: process.argv[2] } });
const durationMs = performance.now() - startTime;
if (host.loaded.size !== ${count}) throw new Error(JSON.stringify(host.report.problems));
console.log(durationMs);
await host.close();
`,
  );
  mkdirSync(join(folder, "node_modules", "@plugo"), { recursive: true });
  symlinkSync(project, join(folder, "node_modules", "@plugo", "node"), "junction");
  for (const shared of [".bin", "@oven", "bun"]) {
    symlinkSync(join(project, "node_modules", shared), join(folder, "node_modules", shared), "junction");
  }
  return folder;
}

/** Milliseconds of `loadPlugins`, in a process of its own. */
async function start(cwd, env, installer) {
  const { stdout } = await promisify(execFile)(process.execPath, ["app.js", installer], { cwd, env });
  return Number(stdout);
}

function write(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

await runAlone(import.meta.url, part);

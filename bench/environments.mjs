// What environments cost: a first start beside the installer alone, and what a start adds when everything is there.
// The packages come from a registry on loopback, and are in the installer's cache.
//
//   node bench/environments.mjs [--rounds=9] [--installers=npm,pnpm,bun]      after: npm test -- kernel/scope
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { startRegistry } from "../build/test/support/registry.js";
import { bunTool } from "../dist/environments/installers/bun-tool.js";
import { findInstaller } from "../dist/environments/installers/find-installer.js";
import { npmTool } from "../dist/environments/installers/npm-tool.js";
import { pnpmTool } from "../dist/environments/installers/pnpm-tool.js";
import { median, spread } from "./statistics.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    installers: { type: "string", default: "npm,pnpm,bun" },
  },
});
const rounds = Number(values.rounds);
const project = join(import.meta.dirname, "..");
// Outside of the project, whose settings and workspaces would count.
const root = mkdtempSync(join(tmpdir(), "plugo-bench-"));
const tools = { npm: npmTool, pnpm: pnpmTool, bun: bunTool };
/** As a person would type it. */
const commands = {
  npm: ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
  pnpm: ["install", "--prod", "--ignore-scripts", "--prefer-offline"],
  bun: ["install", "--production", "--ignore-scripts"],
};
const registry = await startRegistry();
const npmrc = `registry=${registry.url}\n`;
try {
  publish();
  for (const name of values.installers.split(",")) await firstStart(name);
  await laterStart();
} finally {
  await registry[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
}

/** 40 packages of 40 files; each of the first 20 needs one of the others. */
function publish() {
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

async function firstStart(name) {
  const count = 4;
  const env = registry.env();
  const program = findInstaller(tools[name], { hostFolder: project, env });
  const times = { alone: [], plugo: [] };
  // The first round fills the cache.
  for (let round = 0; round <= rounds; round += 1) {
    const folder = join(root, `${name}-${round}`);
    const alone = await installAlone(folder, program, commands[name], env, count);
    const plugo = await start(makeApplication(`${name}-${round}/application`, count, true), env, name);
    if (round === 0) continue;
    times.alone.push(alone);
    times.plugo.push(plugo);
    rmSync(folder, { recursive: true });
  }
  const ratios = times.plugo.map((time, round) => time / times.alone[round]);
  console.log(
    `first start, ${count} plugins, ${program.identity}, Node.js ${process.version}, ${rounds} rounds: ` +
      `alone ${spread(times.alone, 0)} ms, loadPlugins ${spread(times.plugo, 0)} ms, ratio ${spread(ratios, 2)}`,
  );
}

async function installAlone(folder, { command, leading }, args, env, count) {
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

async function laterStart() {
  const count = 20;
  const env = registry.env();
  const withPackages = makeApplication("with", count, true);
  const without = makeApplication("without", count, false);
  await start(withPackages, env, "npm");
  await start(without, env, "npm");
  const times = { with: [], without: [] };
  for (let round = 0; round < rounds * 5; round += 1) {
    times.with.push(await start(withPackages, env, "npm"));
    times.without.push(await start(without, env, "npm"));
  }
  const added = times.with.map((time, round) => time - times.without[round]);
  console.log(
    `later start, ${count} plugins, ${rounds * 5} rounds: without dependencies ${spread(times.without)} ms, with ` +
      `${spread(times.with)} ms, added ${median(added).toFixed(2)} ms (of medians: ${(median(times.with) - median(times.without)).toFixed(2)})`,
  );
}

function makeApplication(name, count, hasDependencies) {
  const folder = join(root, name);
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

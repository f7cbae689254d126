/**
 * Runs the test suite on every Node version that is supported.
 *
 *   npm run test:matrix                  all of them
 *   npm run test:matrix -- 20 24         only these
 *   npm run test:matrix -- kernel/scope  what else is said goes to scripts/run-tests.mjs
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { prepareCheckout } from "./prepare-checkout.mjs";
import { root, runAsMain, runNode, runNpm, say, StepError } from "./process.mjs";

/** The newest release of each major version; the npm package `node` carries the binaries. */
const versions = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0", 26: "26.10.0" };

await runAsMain(async () => {
  const args = process.argv.slice(2);
  const chosen = args.filter((arg) => arg in versions);
  const rest = args.filter((arg) => !(arg in versions));
  await prepareCheckout({ tests: true });
  const results = [];
  for (const major of chosen.length === 0 ? Object.keys(versions) : chosen) {
    results.push(await testOn(versions[major], rest));
  }
  for (const { version, passed, seconds } of results) {
    say(`Node ${version.padEnd(8)} ${passed ? "passed" : "FAILED"} in ${seconds.toFixed(1)} s`);
  }
  if (results.some(({ passed }) => !passed)) throw new StepError("The matrix failed.");
});

async function testOn(version, args) {
  const node = await provideNode(version);
  say(`testing on Node ${version} ...`);
  const started = performance.now();
  const exitCode = await runNode(["scripts/run-tests.mjs", "--no-prepare", ...args], { node, env: envFor(node) });
  return { version, passed: exitCode === 0, seconds: (performance.now() - started) / 1000 };
}

/** A version that was fetched once stays in build/node/ until `npm run clean -- --all`. */
async function provideNode(version) {
  if (process.version === `v${version}`) return process.execPath;
  const home = path.join(root, "build", "node", version);
  const node = path.join(home, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(node)) return node;
  say(`fetching Node ${version} ...`);
  mkdirSync(home, { recursive: true });
  const manifest = { private: true, dependencies: { node: version }, allowScripts: { node: true } };
  writeFileSync(path.join(home, "package.json"), JSON.stringify(manifest));
  const install = ["install", "--prefix", home, "--no-package-lock", "--no-audit", "--no-fund"];
  if ((await runNpm(install)) !== 0 || !existsSync(node)) throw new StepError(`Node ${version} could not be fetched.`);
  return node;
}

/** Programs that tests start by name, npm among them, run on the same Node. */
function envFor(node) {
  const names = Object.keys(process.env).filter((name) => name.toUpperCase() === "PATH");
  const env = { ...process.env, npm_node_execpath: node, NODE: node };
  for (const name of names) env[name] = [path.dirname(node), process.env[name]].join(path.delimiter);
  return env;
}

/**
 * Runs the test suite on the Node that runs this script.
 *
 *   npm test                                  everything
 *   npm test -- kernel/scope sources          the files whose path holds one of these words
 *   npm test -- --test-name-pattern=swap      options of `node --test`, written with "="
 *   npm run coverage                          the same, and which lines of src/ ran; too few of them fail it
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { listFiles } from "./content-hash.mjs";
import { prepareCheckout } from "./prepare-checkout.mjs";
import { isMain, root, runAsMain, runNode, StepError } from "./process.mjs";

const folder = path.join(root, "build", "test");
const ownOptions = ["--coverage", "--no-prepare"];
/** A test that hangs fails instead of holding up everything after it. A file counts as one test around its tests. */
const timeoutMs = 300_000;

if (isMain(import.meta.url)) await runAsMain(() => runTests(process.argv.slice(2)));

async function runTests(args) {
  const options = args.filter((arg) => arg.startsWith("-") && !ownOptions.includes(arg));
  const words = args.filter((arg) => !arg.startsWith("-"));
  const coverage = args.includes("--coverage");
  if (!args.includes("--no-prepare")) await prepareCheckout({ tests: true, coverage });
  const command = ["--test", ...defaultsFor(options), ...options, ...selectFiles(words, coverage)];
  const isWhole = words.length === 0 && options.length === 0;
  const exitCode = await runNode(coverage ? coverageOf(command, isWhole) : command);
  if (exitCode !== 0)
    throw new StepError(coverage ? "The tests failed, or covered too little." : "The tests failed.", exitCode);
}

/** Node 20 knows no patterns after `--test`, so the files are named one by one. */
function selectFiles(words, coverage) {
  const files = listFiles(folder).filter(
    (file) => /\.test\.[cm]?js$/.test(file) && !isForBrowser(file) && !(coverage && isOfPackage(file)),
  );
  const selected = files.filter((file) => words.length === 0 || words.some((word) => titleOf(file).includes(word)));
  if (selected.length === 0) throw new StepError(`No test file matches ${words.join(" or ") || "test/**/*.test.ts"}.`);
  return selected.map((file) => path.relative(root, file)).toSorted();
}

/** Those run what is published, put together and without maps: there is nothing to measure, and no such build then. */
function isOfPackage(file) {
  return titleOf(file) === "cli/new-user.test.js";
}

/** Those are run by scripts/test-browser.mjs. */
function isForBrowser(file) {
  return titleOf(file).startsWith("browser/");
}

function titleOf(file) {
  return path.relative(folder, file).split(path.sep).join("/");
}

function defaultsFor(options) {
  const has = (name) => options.some((option) => option === name || option.startsWith(`${name}=`));
  return [
    ...(has("--test-concurrency") ? [] : [`--test-concurrency=${Math.max(2, availableParallelism())}`]),
    ...(has("--test-timeout") ? [] : [`--test-timeout=${timeoutMs}`]),
    ...(has("--test-reporter") ? [] : reporters()),
  ];
}

/** In a log, every Node version is to close with the same lines, `# tests 12` and so on, whatever its own taste. */
function reporters() {
  const spec = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
  const summary = ["--test-reporter=./scripts/summary-reporter.mjs", "--test-reporter-destination=stdout"];
  return process.stdout.isTTY ? spec : [...spec, ...summary];
}

/** A run of some tests says what they cover, and cannot fail for it. */
function coverageOf(command, isWhole) {
  const c8 = path.join("node_modules", "c8", "bin", "c8.js");
  const reports = ["--reporter=text", "--reporter=html", "--reports-dir=reports/coverage"];
  const all = ["--all", "--src=src", ...filesOfTypesOnly().map((file) => `--exclude=${file}`)];
  const gates = isWhole ? [...all, "--check-coverage", "--lines=95", "--branches=90"] : [];
  return [c8, "--include=src/**", "--exclude-after-remap", ...reports, ...gates, process.execPath, ...command];
}

/** Sources of which nothing is left to run. */
function filesOfTypesOnly() {
  const dist = path.join(root, "dist");
  const isEmpty = (file) => /^\s*export \{\};\s*(?:\/\/# sourceMappingURL=.*)?\s*$/.test(readFileSync(file, "utf8"));
  const empty = listFiles(dist).filter((file) => file.endsWith(".js") && isEmpty(file));
  return empty.map((file) => `src/${path.relative(dist, file).split(path.sep).join("/").replace(/js$/, "ts")}`);
}

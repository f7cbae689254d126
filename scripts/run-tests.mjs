/**
 * Runs the test suite on the Node that runs this script.
 *
 *   npm test                                  everything
 *   npm test -- kernel/scope sources          the files whose path holds one of these words
 *   npm test -- --test-name-pattern=swap      options of `node --test`, written with "="
 *   npm run coverage                          the same, and which lines of src/ ran
 */
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
  // With maps the report names lines of src/; the next build without them starts over.
  const compilerFlags = coverage ? ["--inlineSourceMap", "--inlineSources"] : [];
  if (!args.includes("--no-prepare")) await prepareCheckout({ tests: true, compilerFlags });
  const command = ["--test", ...defaultsFor(options), ...options, ...selectFiles(words)];
  const exitCode = await runNode(coverage ? coverageOf(command) : command);
  if (exitCode !== 0) throw new StepError("The tests failed.", exitCode);
}

/** Node 20 knows no patterns after `--test`, so the files are named one by one. */
function selectFiles(words) {
  const files = listFiles(folder).filter((file) => /\.test\.[cm]?js$/.test(file) && !isForBrowser(file));
  const selected = files.filter((file) => words.length === 0 || words.some((word) => titleOf(file).includes(word)));
  if (selected.length === 0) throw new StepError(`No test file matches ${words.join(" or ") || "test/**/*.test.ts"}.`);
  return selected.map((file) => path.relative(root, file)).toSorted();
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

function coverageOf(command) {
  const c8 = path.join("node_modules", "c8", "bin", "c8.js");
  const reports = ["--reporter=text", "--reporter=html", "--reports-dir=reports/coverage"];
  return [c8, "--include=src/**", "--exclude-after-remap", ...reports, process.execPath, ...command];
}

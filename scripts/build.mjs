/**
 * Compiles src/ to dist/ and generates schemas/, and compiles test/ to build/test/. A step is skipped when neither what
 * it is made from nor what it made has changed since, by content; files whose source is gone are removed.
 *
 * The entry file is put together from its parts: Node.js spends more on each file of a module graph than on the code in
 * it, and importing 120 files took four times as long as importing one (bench/load.mjs measures it). The parts stay in
 * dist/ beside it, for the tests; the package holds the entry and the types.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hashFiles, listFiles } from "./content-hash.mjs";
import { root, runNode, say, StepError } from "./process.mjs";

const at = (...names) => path.join(root, ...names);
const schemaGenerator = at("scripts", "generate-schemas.mjs");
const settings = ["package.json", "package-lock.json", "tsconfig.json", "scripts/build.mjs"].map((name) => at(name));

const loadedLater = [
  "consolidation/consolidate-application.js",
  "installers/install-with.js",
  "into-host/install-into-host.js",
  "isolated/install-environment.js",
];
const adapters = ["http", "express", "fastify", "hono", "koa"];

/** With `coverage`, the parts stay apart and carry maps: each line of src/ is then in one file only, which counts it. */
export async function build({ tests = false, force = false, coverage = false } = {}) {
  await runStep(packageStep(coverage), force);
  if (tests) await runStep(testStep(), force);
}

/** A build for coverage is for that one run: the next build without it starts over. */
function packageStep(coverage) {
  const flags = coverage ? ["--inlineSourceMap", "--inlineSources"] : [];
  return {
    name: "dist",
    inputs: () => hashFiles([...listFiles(at("src")), ...settings, schemaGenerator], flags),
    outputs: () => [...listFiles(at("dist")), ...listFiles(at("schemas"))],
    async run() {
      await compile({ project: "tsconfig.json", flags });
      removeOrphans({ sources: listFiles(at("src")), from: at("src"), to: at("dist") });
      if (!coverage) await putTogether();
      chmodSync(at("dist", "cli", "bin.js"), 0o755);
      if (existsSync(schemaGenerator)) await expectSuccess([schemaGenerator], "Generating schemas/ failed.");
    },
  };
}

async function putTogether() {
  // Only now: in a fresh clone it is not installed when this file is loaded.
  const esbuild = await import("esbuild");
  const together = {
    allowOverwrite: true,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "warning",
    // The attributes of an import are handed on as they are.
    logOverride: { "unsupported-dynamic-import": "silent" },
  };
  const entry = at("dist", "index.js");
  const later = [{ name: "later", setup: (own) => own.onResolve({ filter: /^\./ }, toLater) }];
  await esbuild.build({ ...together, plugins: later, entryPoints: [entry], outfile: entry });
  writeFileSync(entry, withBuiltinsTaken(readFileSync(entry, "utf8")));
  // An application imports one of them, two at most: what they share is in one more file.
  const outdir = at("dist", "adapters");
  const entryPoints = adapters.map((name) => path.join(outdir, `${name}.js`));
  const apart = { splitting: true, chunkNames: "shared-[hash]" };
  await esbuild.build({ ...together, ...apart, entryPoints, outdir });
  // Each command is loaded when it is called: what only it needs is in a file of its own.
  const command = at("dist", "cli");
  const commandEntries = ["bin", "index"].map((name) => path.join(command, `${name}.js`));
  await esbuild.build({ ...together, ...apart, entryPoints: commandEntries, outdir: command });
  // It drives the entry's own host instead of carrying a second one.
  const testing = at("dist", "testing", "index.js");
  const toEntry = () => ({ path: "../index.js", external: true });
  const plugins = [{ name: "entry", setup: (own) => own.onResolve({ filter: /\/hot\/load-plugins\.js$/ }, toEntry) }];
  await esbuild.build({ ...together, plugins, entryPoints: [testing], outfile: testing });
  // Last, since the others take them in.
  const outbase = at("dist", "environments");
  const installing = loadedLater.map((name) => path.join(outbase, name));
  await esbuild.build({ ...together, ...apart, entryPoints: installing, outbase, outdir: outbase });
}

/** What an application needs only when packages are installed, or consolidated, is imported then. */
function toLater({ kind, path: specifier, resolveDir }) {
  if (kind !== "dynamic-import") return undefined;
  const name = path.relative(at("dist"), path.join(resolveDir, specifier)).split(path.sep).join("/");
  if (!loadedLater.some((each) => name === `environments/${each}`)) return undefined;
  return { path: `./${name}`, external: true };
}

/**
 * Takes Node.js' modules from `process` instead of importing them: an import reads every property of the module for its
 * namespace, and some of `node:fs`, `node:crypto` and `node:util` load dozens of further modules when they are read.
 */
function withBuiltinsTaken(code) {
  const modules = new Set();
  const body = code.replaceAll(/^import (\{[^}]*\}|\w+) from "(node:[^"]+)";$/gm, (_, names, module) => {
    modules.add(module);
    return `const ${names.replaceAll(" as ", ": ")} = ${builtinName(module)};`;
  });
  // Once for each: taking one reads all of its properties.
  const taking = Array.from(modules, (name) => `const ${builtinName(name)} = process.getBuiltinModule("${name}");\n`);
  const taken = taking.join("") + body;
  const left = /^import .*"node:.*$/m.exec(taken)?.[0];
  if (left !== undefined) throw new StepError(`The build cannot take over "${left}".`, 1);
  // With a single other character, V8 keeps all of it with two bytes for each, and reads twice as much.
  const wide = /^.*[^\0-\x7F].*$/m.exec(taken)?.[0];
  if (wide !== undefined) throw new StepError(`The entry must be plain ASCII; write escapes in "${wide.trim()}".`, 1);
  return taken;
}

function builtinName(module) {
  return `builtin_${module.replaceAll(/\W/g, "_")}`;
}

function testStep() {
  const sources = () => listFiles(at("test")).filter((file) => !file.startsWith(at("test", "fixtures") + path.sep));
  const types = () => listFiles(at("dist")).filter((file) => file.endsWith(".d.ts"));
  return {
    name: "build/test",
    inputs: () => hashFiles([...sources(), ...types(), ...settings]),
    outputs: () => listFiles(at("build", "test")),
    async run() {
      await compile({ project: "test/tsconfig.json", flags: [] });
      removeOrphans({ sources: sources(), from: at("test"), to: at("build", "test") });
    },
  };
}

async function runStep(step, force) {
  const record = at("build", ".state", `${step.name.replaceAll("/", "-")}.json`);
  // Taken before the step runs: a file saved meanwhile makes the next build run it again.
  const inputs = step.inputs();
  if (!force && isUpToDate(record, inputs, step)) return;
  say(`building ${step.name} ...`);
  rmSync(record, { force: true });
  await step.run();
  mkdirSync(path.dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify({ inputs, outputs: hashFiles(step.outputs()) }));
}

function isUpToDate(record, inputs, step) {
  if (!existsSync(record)) return false;
  const made = JSON.parse(readFileSync(record, "utf8"));
  return made.inputs === inputs && made.outputs === hashFiles(step.outputs());
}

async function compile({ project, flags }) {
  const compiler = at("node_modules", "typescript", "bin", "tsc");
  await expectSuccess([compiler, "-p", project, ...flags], `Compiling ${project} failed.`);
}

async function expectSuccess(args, message) {
  const exitCode = await runNode(args);
  if (exitCode !== 0) throw new StepError(`${message} What is wrong stands above.`, exitCode);
}

/** A test file that was deleted or renamed must not run once more, and must not be published either. */
function removeOrphans({ sources, from, to }) {
  const wanted = new Set(sources.flatMap((file) => outputsOf(path.relative(from, file))));
  for (const file of listFiles(to)) {
    if (!wanted.has(path.relative(to, file))) rmSync(file);
  }
}

function outputsOf(source) {
  const name = source.replace(/\.([cm]?)ts$/, ".$1js");
  return name === source ? [source] : [name, name.replace(/\.([cm]?)js$/, ".d.$1ts")];
}

/**
 * Writes how complex the functions are, and which lines are long, to reports/complexity/index.html. Never fails: what is
 * above the limits is worth a look, and may be right as it is.
 *
 *   npm run report:complexity
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { listFiles } from "./content-hash.mjs";
import { prepareCheckout } from "./prepare-checkout.mjs";
import { root, runAsMain, say } from "./process.mjs";
import { runOxlint } from "./reports/run-tool.mjs";
import { writeReport } from "./reports/write-report.mjs";

const limit = 11;
const lineLimit = 127;
const folders = ["src", "scripts"];

await runAsMain(async () => {
  await prepareCheckout();
  const functions = measureFunctions();
  const long = longLines();
  const above = functions.filter(({ complexity }) => complexity > limit);
  const page = writeReport("complexity", {
    title: "Complexity",
    intro: `The paths through each function of ${folders.join("/ and ")}/ (cyclomatic complexity), and lines of more than ${lineLimit} characters.`,
    facts: [
      [`Functions above ${limit}`, above.length],
      ["Functions", functions.length],
      ["On average", (functions.reduce((sum, { complexity }) => sum + complexity, 0) / functions.length).toFixed(2)],
      [`Lines above ${lineLimit}`, long.length],
    ],
    tables: [
      {
        heading: `Functions above ${limit}`,
        columns: ["File", "Line", "Function", "Complexity"],
        rows: above.map(({ file, line, name, complexity }) => [file, line, name, { text: complexity, isBad: true }]),
      },
      {
        heading: `Lines above ${lineLimit}`,
        columns: ["File", "Line", "Characters"],
        rows: long.map(({ file, line, length }) => [file, line, length]),
      },
      { heading: "Files", columns: ["File", "Functions", "Most complex", "On average"], rows: perFile(functions) },
    ],
  });
  say(`${above.length} functions above ${limit}, ${long.length} lines above ${lineLimit}: ${page}`);
});

/** With a limit of 0, the rule tells of every function. */
function measureFunctions() {
  const settings = path.join(root, "reports", "complexity", "oxlintrc.json");
  mkdirSync(path.dirname(settings), { recursive: true });
  const rules = { complexity: ["warn", { max: 0 }] };
  writeFileSync(settings, JSON.stringify({ plugins: [], categories: { correctness: "off" }, rules }));
  const { findings } = runOxlint([`--config=${settings}`, ...folders]);
  const measured = findings.flatMap(({ file, line, message }) => {
    const [, name, complexity] = /^(.*) has a complexity of (\d+)/.exec(message) ?? [];
    return name === undefined ? [] : [{ file, line, name: name.replaceAll("`", ""), complexity: Number(complexity) }];
  });
  return measured.toSorted((a, b) => b.complexity - a.complexity);
}

function longLines() {
  return folders
    .flatMap((folder) => listFiles(path.join(root, folder)))
    .flatMap((file) => {
      const lines = readFileSync(file, "utf8").split(/\r?\n/);
      return lines.map((text, index) => ({ file: path.relative(root, file), line: index + 1, length: text.length }));
    })
    .filter(({ length }) => length > lineLimit);
}

function perFile(functions) {
  const files = new Map();
  for (const { file, complexity } of functions) files.set(file, [...(files.get(file) ?? []), complexity]);
  return [...files].map(([file, values]) => {
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const most = Math.max(...values);
    return [file, values.length, { text: most, isBad: most > limit }, Number(average.toFixed(2))];
  });
}

/**
 * Checks the types of every project of the checkout, and writes what was found to reports/types/index.html. Fails when
 * there is a finding.
 *
 *   npm run report:types
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { prepareCheckout } from "./prepare-checkout.mjs";
import { root, runAsMain, say, StepError } from "./process.mjs";
import { runTool } from "./reports/run-tool.mjs";
import { writeReport } from "./reports/write-report.mjs";

const compiler = "typescript/bin/tsc";

await runAsMain(async () => {
  await prepareCheckout();
  const checked = projects().map(check);
  const findings = checked.flatMap((project) => project.findings);
  const perFile = new Map(checked.flatMap(({ files }) => files.map((file) => [file, 0])));
  for (const { file } of findings) perFile.set(file, (perFile.get(file) ?? 0) + 1);
  const page = writeReport("types", {
    title: "Types",
    intro: "What tsc finds in each project, and how much of it is in each file.",
    facts: [
      ["Findings", findings.length],
      ["Files", perFile.size],
      ["Projects", checked.length],
    ],
    tables: [
      {
        heading: "Findings",
        columns: ["File", "Line", "Rule", "What"],
        rows: findings.map(({ file, line, rule, message }) => [file, line, rule, message]),
      },
      {
        heading: "Projects",
        columns: ["Project", "Files", "Findings"],
        rows: checked.map((each) => [each.project, each.files.length, bad(each.findings.length)]),
      },
      {
        heading: "Files",
        columns: ["File", "Findings"],
        rows: [...perFile]
          .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
          .map(([file, count]) => [file, bad(count)]),
      },
    ],
  });
  say(`${findings.length} findings in ${perFile.size} files: ${page}`);
  if (findings.length > 0) throw new StepError("There are faults in the types.");
});

/** Those that `npm run types` checks. */
function projects() {
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const commands = scripts.types.split("&&").map((command) => command.trim().split(/\s+/));
  return commands
    .filter(([program]) => program === "tsc")
    .map(([, ...args]) => (args.includes("-p") ? args[args.indexOf("-p") + 1] : "tsconfig.json"));
}

function check(project) {
  const { output } = runTool(compiler, ["-p", project, "--noEmit", "--pretty", "false"]);
  const { output: listed } = runTool(compiler, ["-p", project, "--listFilesOnly"]);
  const files = listed.split(/\r?\n/).filter((file) => file !== "" && !file.includes("node_modules"));
  const lines = Array.from(output.matchAll(/^(?:(\S.*?)\((\d+),\d+\): )?error (TS\d+): (.*)$/gm));
  const findings = lines.map(([, file = project, line = "1", rule, message]) => ({
    file,
    line: Number(line),
    rule,
    message,
  }));
  return { project, files: files.map((file) => path.relative(root, file)), findings };
}

function bad(count) {
  return { text: count, isBad: count > 0 };
}

/**
 * Lints, and writes the errors to reports/lint/index.html. Fails when there is one.
 *
 *   npm run report:lint
 */
import { prepareCheckout } from "./prepare-checkout.mjs";
import { runAsMain, say, StepError } from "./process.mjs";
import { countBy, runOxlint } from "./reports/run-tool.mjs";
import { writeReport } from "./reports/write-report.mjs";

await runAsMain(async () => {
  await prepareCheckout();
  const { findings, files } = runOxlint(["--type-aware", "--quiet"]);
  const page = writeReport("lint", {
    title: "Lint",
    intro: "The errors that oxlint finds with the rules of .oxlintrc.json.",
    facts: [
      ["Errors", findings.length],
      ["Files", files],
    ],
    tables: [
      {
        heading: "Errors",
        columns: ["File", "Line", "Rule", "What"],
        rows: findings.map(({ file, line, rule, message }) => [file, line, rule, message]),
      },
      { heading: "Rules", columns: ["Rule", "Errors"], rows: countBy(findings, ({ rule }) => rule) },
      { heading: "Files", columns: ["File", "Errors"], rows: countBy(findings, ({ file }) => file) },
    ],
  });
  say(`${findings.length} errors in ${files} files: ${page}`);
  if (findings.length > 0) throw new StepError("There are lint errors.");
});

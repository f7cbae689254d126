/**
 * Runs every gate, whatever the ones before it said, and closes with one line for each.
 *
 *   npm run check                       all of them
 *   npm run check -- --without=test     all but these, separated by commas
 */
import { prepareCheckout } from "./prepare-checkout.mjs";
import { runAsMain, runNpm, say, StepError } from "./process.mjs";

/** Each is a script of package.json. */
const gates = [
  "lint",
  "types",
  "unused",
  "test",
  "test:browser",
  "schemas",
  "api",
  "docs:check",
  "links",
  "pack:check",
];

await runAsMain(async () => {
  const without = new Set(process.argv.slice(2).flatMap((arg) => arg.replace(/^--without=/, "").split(",")));
  await prepareCheckout();
  const results = [];
  for (const gate of gates.filter((name) => !without.has(name))) {
    say(`npm run ${gate}`);
    const started = performance.now();
    const passed = (await runNpm(["run", "--silent", gate])) === 0;
    results.push({ gate, passed, seconds: (performance.now() - started) / 1000 });
  }
  for (const { gate, passed, seconds } of results) {
    say(`${gate.padEnd(12)} ${passed ? "passed" : "FAILED"} in ${seconds.toFixed(1)} s`);
  }
  if (results.some(({ passed }) => !passed)) throw new StepError("The check failed.");
});

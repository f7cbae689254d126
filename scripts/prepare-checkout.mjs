/**
 * Makes a checkout usable, doing only what is missing: installs the locked dependencies, compiles src/ to dist/,
 * generates schemas/, links the command, and with `tests: true` compiles test/ to build/test/. A fresh clone needs nothing beforehand.
 *
 *   node scripts/prepare-checkout.mjs [--tests] [--force]
 */
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { linkCommand } from "./link-command.mjs";
import { isMain, runAsMain } from "./process.mjs";

/** Rejects with a `StepError` when a step fails; what the step printed is on the terminal then. */
export async function prepareCheckout({ tests = false, force = false, coverage = false } = {}) {
  await install();
  await build({ tests, force, coverage });
  await linkCommand();
}

if (isMain(import.meta.url)) {
  const flags = new Set(process.argv.slice(2));
  await runAsMain(() => prepareCheckout({ tests: flags.has("--tests"), force: flags.has("--force") }));
}

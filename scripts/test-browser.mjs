/**
 * Runs the tests that need a browser, in the Chromium of this system.
 *
 *   npm run test:browser
 *   CHROMIUM=/path/to/chromium npm run test:browser
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { listFiles } from "./content-hash.mjs";
import { prepareCheckout } from "./prepare-checkout.mjs";
import { root, runAsMain, runNode, StepError } from "./process.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

await runAsMain(async () => {
  const chromium = findChromium();
  if (chromium === undefined) {
    throw new StepError("No Chromium was found: install it (apt-get install chromium), or name it in CHROMIUM.");
  }
  await prepareCheckout({ tests: true });
  const files = listFiles(path.join(root, "build", "test", "browser")).filter((file) => file.endsWith(".test.js"));
  const command = ["--test", "--test-timeout=300000", "--test-reporter=spec", ...files];
  const exitCode = await runNode(command, { env: { ...process.env, CHROMIUM: chromium } });
  if (exitCode !== 0) throw new StepError("The tests in the browser failed.", exitCode);
});

function findChromium() {
  if (process.env["CHROMIUM"]) return existsSync(process.env["CHROMIUM"]) ? process.env["CHROMIUM"] : undefined;
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => existsSync(file));
}

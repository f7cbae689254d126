import path from "node:path";
/**
 * Runs the test of random edits for long.
 *
 *   npm run test:soak                1 000 edits from each seed
 *   npm run test:soak -- 20000       more of them
 */
import { root, runAsMain, runNode, StepError } from "./process.mjs";

await runAsMain(async () => {
  const [edits = "1000"] = process.argv.slice(2);
  const args = [path.join(root, "scripts", "run-tests.mjs"), "hot/random-edits", "--test-timeout=3600000"];
  const exitCode = await runNode(args, { env: { ...process.env, PLUGO_TEST_EDITS: edits } });
  if (exitCode !== 0) throw new StepError("The random edits failed.", exitCode);
});

/**
 * Measures everything, or some parts, and writes the page.
 *
 *   npm run bench                        everything, in less than 15 minutes on two cores
 *   npm run bench -- --only=load,routes  these parts; the others stay on the page as they were
 *   npm run bench -- --quick             few rounds, to try it out; the page goes to build/bench/
 *
 * Each part writes its results to `docs/benchmarks/results.json` when it is done, so that a part that fails costs nothing
 * but itself.
 */
import { mkdirSync } from "node:fs";
import { arch, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepareCheckout } from "../scripts/prepare-checkout.mjs";
import { root, runAsMain, say, StepError } from "../scripts/process.mjs";
import { readResults, writePage, writeResults } from "./harness/page.mjs";
import { parts } from "./parts.mjs";

await runAsMain(async () => {
  const { values } = parseArgs({ options: { only: { type: "string" }, quick: { type: "boolean", default: false } } });
  const wanted = values.only?.split(",");
  const unknown = wanted?.filter((name) => !parts.some((part) => part.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new StepError(
      `There is no part ${unknown.join(", ")}. There are ${parts.map(({ name }) => name).join(", ")}.`,
    );
  }
  // Two parts use harnesses of the tests.
  await prepareCheckout({ tests: true });
  const folder = values.quick ? join(root, "build", "bench") : join(root, "docs");
  mkdirSync(join(folder, "benchmarks"), { recursive: true });
  const failed = [];
  for (const part of parts.filter(({ name }) => wanted === undefined || wanted.includes(name))) {
    say(`bench: ${part.title}`);
    const started = performance.now();
    const rounds = values.quick ? part.rounds.quick : part.rounds.full;
    try {
      const records = await part.measure({ rounds, isQuick: values.quick, say: (text) => say(`bench:   ${text}`) });
      const seconds = Math.round((performance.now() - started) / 1_000);
      writeResults(folder, part.name, { ...circumstances(), packages: part.packages(), seconds, records });
      say(`bench:   done in ${seconds} s`);
    } catch (error) {
      console.error(error);
      failed.push(part.name);
    }
  }
  writePage(folder, parts, readResults(folder));
  if (failed.length > 0) throw new StepError(`Not measured: ${failed.join(", ")}.`);
});

function circumstances() {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine: `${process.platform} ${arch()}, ${processors.length} × ${processors[0]?.model.trim() ?? "unknown"}, ${memory}`,
  };
}

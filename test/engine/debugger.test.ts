import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createFolder } from "../support/plugin-folder.ts";

const source = `enum Level {
  Low,
  High,
}
interface Wide { readonly a: number }

export function work(wide: Wide): number {
  const sum = wide.a + Level.High;
  return sum;
}
`;

describe("createRunnerEngine", () => {
  test("lets a breakpoint in TypeScript stop every generation", () => {
    using folder = createFolder({ "p/plugin.ts": source });
    const script = fileURLToPath(import.meta.resolve("./debugged-process.js"));
    const options = { encoding: "utf8", timeout: 60_000, stdio: "pipe" } as const;
    const report: unknown = JSON.parse(execFileSync(process.execPath, [script, folder.at("p")], options));
    assert.deepEqual(report, { stops: ["work:8", "work:8"], scripts: 2 });
  });
});

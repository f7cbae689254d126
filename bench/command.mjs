// What starting the command costs: `plugo --help` and others beside a bare start of Node.js, in turns.
//
//   node bench/command.mjs [--rounds=20]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAlone } from "./harness/part.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";

const plugo = join(import.meta.dirname, "..", "dist", "cli", "bin.js");
const cases = {
  "node bare.mjs": ["bare.mjs"],
  "plugo --help": [plugo, "--help"],
  "plugo list --help": [plugo, "list", "--help"],
  "plugo new-ui-plugin --help": [plugo, "new-ui-plugin", "--help"],
  "plugo list, 20 plugins": [plugo, "list"],
  "plugo check, 20 plugins": [plugo, "check"],
};

export const part = {
  name: "command",
  title: "Starting the command",
  script: "bench/command.mjs",
  rounds: { full: 20, quick: 3 },
  packages: () => [],
  comparisons: {
    time: {
      title: "From the start of the process to its end",
      unit: "ms",
      baseline: "node bare.mjs",
      main: "plugo --help",
      plot: { kind: "bars" },
      about: `In an application with 50 dependencies and 20 plugins. **node bare.mjs** is Node.js with an empty file.`,
      why: `A bare start does nothing. The rest is importing \`commander\` and the command, and looking for commands that packages add.`,
    },
  },
  async measure({ rounds }) {
    const project = makeApplication();
    const time = createRecord(["to end"], Object.keys(cases));
    for (const round of roundsWithin(rounds + 1, 15)) {
      for (const [name, args] of Object.entries(cases)) {
        const started = performance.now();
        execFileSync(process.execPath, args, { cwd: project, stdio: "ignore" });
        if (round > 0) time.add("to end", name, performance.now() - started);
      }
    }
    rmSync(project, { recursive: true });
    return { time };
  },
};

function makeApplication() {
  const project = mkdtempSync(join(tmpdir(), "plugo-bench-"));
  const write = (path, content) => {
    const file = join(project, path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  };
  const dependencies = {};
  for (let index = 0; index < 50; index += 1) {
    const name = `package-${index}`;
    dependencies[name] = "1.0.0";
    write(`node_modules/${name}/package.json`, { name, version: "1.0.0" });
  }
  write("package.json", { name: "application", version: "1.0.0", dependencies });
  for (let index = 0; index < 20; index += 1) {
    write(`plugins/plugin-${index}/metadata.json`, { version: "1.0.0" });
    write(`plugins/plugin-${index}/plugin.ts`, "export const initPlugin = (): void => {};\n");
  }
  write("bare.mjs", "");
  return project;
}

await runAlone(import.meta.url, part);

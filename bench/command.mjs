// What starting the command costs: `plugo --help` and others beside a bare start of Node.js, interleaved.
//
//   node bench/command.mjs [--rounds=20] [--node=/path/to/node]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { spread } from "./statistics.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "20" }, node: { type: "string", default: process.execPath } },
});
const rounds = Number(values.rounds);
const node = resolve(values.node);
const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
const plugo = join(import.meta.dirname, "..", "dist", "cli", "bin.js");
const project = mkdtempSync(join(tmpdir(), "plugo-bench-"));
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
writeFileSync(join(project, "bare.mjs"), "");

const cases = {
  "node bare.mjs": ["bare.mjs"],
  "plugo --help": [plugo, "--help"],
  "plugo list --help": [plugo, "list", "--help"],
  "plugo new-ui-plugin --help": [plugo, "new-ui-plugin", "--help"],
  "plugo list, 20 plugins": [plugo, "list"],
  "plugo check, 20 plugins": [plugo, "check"],
};
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, args] of Object.entries(cases)) {
    const started = performance.now();
    execFileSync(node, args, { cwd: project, stdio: "ignore" });
    times[name].push(performance.now() - started);
  }
}
console.log(`\nNode.js ${version}, ${rounds} rounds, 50 dependencies: ms as median (min–max), ratio to a bare start`);
for (const [name, list] of Object.entries(times)) {
  const ratios = list.map((time, round) => time / times["node bare.mjs"][round]);
  console.log(`  ${name.padEnd(28)} ${spread(list).padStart(24)}   ${spread(ratios, 2)}`);
}
rmSync(project, { recursive: true });

function write(path, content) {
  const file = join(project, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

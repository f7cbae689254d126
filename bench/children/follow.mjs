// One of `count` loaded plugins is saved again and again: how long until the new code serves, by plugo and by a bare
// fs.watch with eval on a file of its own. Prints lists of milliseconds as JSON.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chdir } from "node:process";
import { loadPlugins } from "../../dist/index.js";

const [folder, workingDirectory, saves] = process.argv.slice(2);
chdir(workingDirectory);
const debounceMs = 50;
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const context = { seen: { count: 0 } };
const options = { pluginDirectory: folder, context, logger, env: {}, plugins: [], hotReload: { debounceMs } };
const host = await loadPlugins(options);
await host.settled();
const alive = setInterval(() => {}, 60_000);

const code = (label) => `export function initPlugin(): { number: number } {\n  return { number: ${label} };\n}\n`;
const name = "plugin_00005";
const results = { served: [], beyondDebounce: [], heard: [], total: [], engine: [], bare: [], reload: [] };
let heardAt;
const probe = watch(join(folder, name), () => (heardAt ??= performance.now()));
const bare = bareReload(join(workingDirectory, "bare"));
for (let save = 1; save <= Number(saves); save += 1) {
  heardAt = undefined;
  // Listening for the swap costs a little for each plugin: the other saves go without it.
  const isSwapTimed = save % 2 === 0;
  let swappedAt;
  const onSwap = () => (swappedAt = performance.now());
  if (isSwapTimed) subscribe("plugo:swap", onSwap);
  const start = performance.now();
  const served = new Promise((resolve) => {
    const listening = host.on("change", (report) => {
      listening[Symbol.dispose]();
      resolve(report);
    });
  });
  writeFileSync(join(folder, name, "plugin.ts"), code(save));
  const report = await served;
  const total = performance.now() - start;
  if (host.get(name).number !== save) throw new Error(`save ${save} is not served`);
  if (isSwapTimed) {
    unsubscribe("plugo:swap", onSwap);
    results.served.push(swappedAt - start);
    results.beyondDebounce.push(swappedAt - start - debounceMs);
  } else {
    results.total.push(total);
    results.engine.push(report.durationMs);
  }
  results.heard.push(heardAt - start);
  results.bare.push(await bare.save(save));
}
bare.close();
probe.close();
const fiveFiles = Object.fromEntries(
  ["a", "b", "c", "d"].map((file) => [`${file}.ts`, `export const ${file}: string = "${file}";\n`]),
);
mkdirSync(join(folder, "five"));
for (const [file, text] of Object.entries(fiveFiles)) writeFileSync(join(folder, "five", file), text);
writeFileSync(
  join(folder, "five", "plugin.ts"),
  `${["a", "b", "c", "d"].map((file) => `import { ${file} } from "./${file}.ts";`).join("\n")}
export function initPlugin(): string { return a + b + c + d; }\n`,
);
writeFileSync(join(folder, "five", "metadata.json"), "{}");
await host.settled();
for (let reload = 0; reload < Number(saves); reload += 1) {
  writeFileSync(join(folder, "five", "a.ts"), `export const a: string = "${reload}";\n`);
  const start = performance.now();
  await host.reload("five");
  results.reload.push(performance.now() - start);
  if (host.get("five") !== `${reload}bcd`) throw new Error("the reload is not served");
}
await host.close();
clearInterval(alive);
console.log(JSON.stringify(results));

function bareReload(place) {
  mkdirSync(place);
  const file = join(place, "plugin.js");
  let number = 0;
  let onServed = () => {};
  const text = (label) =>
    `(function () {\nfunction initPlugin() {\n  return { number: ${label} };\n}\nreturn { initPlugin };\n})`;
  writeFileSync(file, text(0));
  const watcher = watch(place, () => {
    const source = readFileSync(file, "utf8");
    if (source === "") return;
    // oxlint-disable-next-line no-eval
    number = (0, eval)(source)().initPlugin().number;
    onServed(number);
  });
  return {
    close: () => watcher.close(),
    save: (label) =>
      new Promise((resolve) => {
        const start = performance.now();
        onServed = (served) => {
          if (served === label) resolve(performance.now() - start);
        };
        writeFileSync(file, text(label));
      }),
  };
}

// The floor: for each plugin, read and parse its metadata, read its JavaScript, evaluate it by indirect eval, call it.
import { readdirSync, readFileSync } from "node:fs";
import { report } from "./report.mjs";

const [folder] = process.argv.slice(2);
const context = { seen: { count: 0 } };
const kept = [];
await report(() => {
  for (const name of readdirSync(folder)) {
    const metadata = JSON.parse(readFileSync(`${folder}/${name}/metadata.json`, "utf8"));
    const code = readFileSync(`${folder}/${name}/plugin.js`, "utf8");
    // oxlint-disable-next-line no-eval
    const module = (0, eval)(code)();
    kept.push(metadata, module, module.initPlugin(context));
  }
  return context.seen.count;
});

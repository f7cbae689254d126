// A loop of native import() over the same plugins, as JavaScript or (where Node.js can) as TypeScript.
import { readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { report } from "./report.mjs";

const [folder, file] = process.argv.slice(2);
const context = { seen: { count: 0 } };
await report(async () => {
  for (const name of readdirSync(folder)) {
    const module = await import(pathToFileURL(`${folder}/${name}/${file}`).href);
    module.initPlugin(context);
  }
  return context.seen.count;
});

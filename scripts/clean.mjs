/** Removes what is built; with `--all` also node_modules/ and the fetched Node versions. */
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { root } from "./process.mjs";

const all = process.argv.includes("--all");
const remove = (...names) => rmSync(path.join(root, ...names), { recursive: true, force: true });

for (const name of ["dist", "reports", ...(all ? ["build", "node_modules"] : [])]) remove(name);
for (const name of listBuild()) if (name !== "node") remove("build", name);

function listBuild() {
  try {
    return readdirSync(path.join(root, "build"));
  } catch {
    return [];
  }
}

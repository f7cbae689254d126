// Writes docs/benchmarks.md and its plots from docs/benchmarks/results.json. Nothing is measured.
//
//   node bench/render.mjs
import { join } from "node:path";
import { readResults, writePage } from "./harness/page.mjs";
import { parts } from "./parts.mjs";

const docs = join(import.meta.dirname, "..", "docs");
writePage(docs, parts, readResults(docs));

import { part as command } from "./command.mjs";
import { part as environments } from "./environments.mjs";
import { part as files } from "./files.mjs";
import { part as graphs } from "./graphs.mjs";
import { part as imports } from "./imports.mjs";
import { part as live } from "./live.mjs";
import { part as load } from "./load.mjs";
import { part as reloads } from "./reloads.mjs";
import { part as restart } from "./restart.mjs";
import { part as routes } from "./routes.mjs";
import { part as swaps } from "./swaps.mjs";
import { part as watchers } from "./watchers.mjs";

/** In the order of the page. @type {readonly import("./harness/part.mjs").Part[]} */
export const parts = [
  load,
  graphs,
  files,
  reloads,
  restart,
  live,
  swaps,
  routes,
  environments,
  imports,
  command,
  watchers,
];

import { describePlugins } from "./describe-plugins.ts";
import { graphSvg } from "./graph-svg.ts";
import { graphDot, graphMermaid } from "./graph-text-formats.ts";
import { graphTree } from "./graph-tree.ts";
import { measureLoading } from "./measure-loading.ts";
import { pluginGraph } from "./plugin-graph.ts";
import type { ProjectOptions } from "./project.ts";
import { describeProject, readPlan } from "./read-plan.ts";
import type { Terminal } from "./terminal.ts";

export interface GraphOptions extends ProjectOptions {
  readonly json?: boolean;
  readonly load?: boolean;
  readonly format: "tree" | "mermaid" | "dot" | "svg" | "json";
}

/** `plugo graph`. */
export async function runGraph(options: GraphOptions, terminal: Terminal): Promise<void> {
  const projectPlan = readPlan(options, terminal);
  const list = describePlugins(projectPlan, options.load === true ? await measureLoading(projectPlan) : undefined);
  const graph = pluginGraph(list.plugins);
  const format = options.json === true ? "json" : options.format;
  // Beside a picture, which may go into a file, what was read is said on standard error.
  const said = terminal.paint("dim", describeProject(list.project));
  switch (format) {
    case "tree":
      terminal.print(said);
      return terminal.print(`\n${graphTree(graph, terminal.paint)}`);
    case "json":
      return terminal.printJson(list);
    case "mermaid":
      terminal.note(said);
      return terminal.printRaw(graphMermaid(graph));
    case "dot":
      terminal.note(said);
      return terminal.printRaw(graphDot(graph));
    case "svg":
      terminal.note(said);
      return terminal.printRaw(graphSvg(graph));
  }
}

import type { PlannedPhase, PluginJson } from "./json-shapes.ts";

/** Which plugin needs which. */
export interface PluginGraph {
  /** In the order in which they start; what is needed and does not exist comes last. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  readonly name: string;
  readonly version: string | null;
  readonly phase: PlannedPhase | "missing";
  readonly loadMs: number | null;
}

/** `from` needs `to`; an optional dependency that does not exist is left out. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly optional: boolean;
}

export function pluginGraph(plugins: readonly PluginJson[]): PluginGraph {
  const nodes = new Map<string, GraphNode>();
  for (const { name, version, phase, loadMs } of plugins) nodes.set(name, { name, version, phase, loadMs });
  const edges: GraphEdge[] = [];
  for (const { name: from, dependencies, optionalDependencies } of plugins) {
    for (const to of dependencies) {
      edges.push({ from, to, optional: false });
      if (!nodes.has(to)) nodes.set(to, { name: to, version: null, phase: "missing", loadMs: null });
    }
    for (const to of optionalDependencies) if (nodes.has(to)) edges.push({ from, to, optional: true });
  }
  return { nodes: [...nodes.values()], edges };
}

/** What stands at a node: name and version, and below it the phase and how long it took. */
export function labelOf({ name, version, phase, loadMs }: GraphNode): readonly [title: string, state: string] {
  const title = version === null ? name : `${name} ${version}`;
  return [title, loadMs === null ? phase : `${phase}, ${loadMs.toFixed(1)} ms`];
}

/** The colours of pictures, by phase: dark text on them is readable. */
export const fills: Readonly<Record<GraphNode["phase"], string>> = {
  ready: "#d3f0d8",
  disabled: "#e4e4e7",
  blocked: "#fbe8b8",
  failed: "#f8cfcf",
  missing: "#ffffff",
};

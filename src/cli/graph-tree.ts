import { labelOf, type GraphEdge, type GraphNode, type PluginGraph } from "./plugin-graph.ts";
import { paintPhase } from "./plugin-lines.ts";
import type { Paint } from "./terminal.ts";

interface Branch {
  readonly node: GraphNode;
  readonly optional: boolean;
  /** What stands before its own line, and before those of its dependencies. */
  readonly lead: string;
  readonly indent: string;
}

/**
 * The graph as a tree: at the left what nothing needs, below each plugin what it needs. What a plugin needs is written
 * out once; where it stands again, `…` follows.
 */
export function graphTree({ nodes, edges }: PluginGraph, paint: Paint): string {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const needs = groupBy(edges);
  const needed = new Set(edges.map(({ to }) => to));
  const shown = new Set<string>();
  const lines: string[] = [];
  const write = (root: GraphNode): void => {
    const pending: Branch[] = [{ node: root, optional: false, lead: "", indent: "" }];
    for (let branch = pending.pop(); branch !== undefined; branch = pending.pop()) {
      const { node, optional, lead, indent } = branch;
      const below = needs.get(node.name) ?? [];
      const isAgain = shown.has(node.name) && below.length > 0;
      lines.push(`${lead}${nodeLine(node, optional, paint)}${isAgain ? " …" : ""}`);
      if (isAgain) continue;
      shown.add(node.name);
      for (const [index, edge] of below.toReversed().entries()) {
        const other = byName.get(edge.to);
        const [fork, rest] = index === 0 ? ["└─ ", "   "] : ["├─ ", "│  "];
        if (other === undefined) continue;
        pending.push({ node: other, optional: edge.optional, lead: indent + fork, indent: indent + rest });
      }
    }
  };
  for (const node of nodes) if (!needed.has(node.name)) write(node);
  // Those in a circle are all needed.
  for (const node of nodes) if (!shown.has(node.name)) write(node);
  return lines.join("\n");
}

function groupBy(edges: readonly GraphEdge[]): ReadonlyMap<string, readonly GraphEdge[]> {
  const groups = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const group = groups.get(edge.from);
    if (group === undefined) groups.set(edge.from, [edge]);
    else group.push(edge);
  }
  return groups;
}

function nodeLine(node: GraphNode, optional: boolean, paint: Paint): string {
  const [title, state] = labelOf(node);
  const { phase } = node;
  const shown = phase === "missing" ? paint("red", state) : state.replace(phase, () => paintPhase(phase, paint));
  return `${title}  ${shown}${optional ? paint("dim", ", optional") : ""}`;
}

import { fills, labelOf, type GraphNode, type PluginGraph } from "./plugin-graph.ts";

/** The graph for Mermaid, which GitHub and others draw in Markdown. */
export function graphMermaid({ nodes, edges }: PluginGraph): string {
  const ids = idsOf(nodes);
  const lines = ["graph LR"];
  for (const node of nodes) {
    lines.push(`  ${ids.get(node.name)}["${labelOf(node).map(mermaidText).join("<br>")}"]:::${node.phase}`);
  }
  for (const { from, to, optional } of edges)
    lines.push(`  ${ids.get(from)} ${optional ? "-.->" : "-->"} ${ids.get(to)}`);
  const phases = new Set(nodes.map(({ phase }) => phase));
  for (const phase of phases) lines.push(`  classDef ${phase} fill:${fills[phase]},stroke:#52525b,color:#18181b`);
  return `${lines.join("\n")}\n`;
}

/** The graph for Graphviz. */
export function graphDot({ nodes, edges }: PluginGraph): string {
  const ids = idsOf(nodes);
  const lines = [
    "digraph plugins {",
    "  rankdir=LR;",
    '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
  ];
  for (const node of nodes) {
    const label = labelOf(node).map(dotText).join("\\n");
    lines.push(`  ${ids.get(node.name)} [label="${label}", fillcolor="${fills[node.phase]}"];`);
  }
  for (const { from, to, optional } of edges) {
    lines.push(`  ${ids.get(from)} -> ${ids.get(to)}${optional ? " [style=dashed]" : ""};`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

/** Names hold what these languages take for their own; numbers do not. */
function idsOf(nodes: readonly GraphNode[]): ReadonlyMap<string, string> {
  return new Map(nodes.map(({ name }, index) => [name, `n${index}`]));
}

function mermaidText(text: string): string {
  return text.replaceAll(/[^\w .,/@+-]/g, (character) => `#${character.codePointAt(0)};`);
}

function dotText(text: string): string {
  return text.replaceAll(/["\\]/g, (character) => `\\${character}`);
}

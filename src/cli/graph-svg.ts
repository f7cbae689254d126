import { orderByDependencies } from "../kernel/graph.ts";
import { fills, labelOf, type GraphNode, type PluginGraph } from "./plugin-graph.ts";

const box = { width: 190, height: 46, gapX: 70, gapY: 16, margin: 20 } as const;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The graph as a picture: plugins that need nothing at the left, each to the right of everything that it needs. */
export function graphSvg(graph: PluginGraph): string {
  const columns = inColumns(graph);
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  const width = 2 * box.margin + columns.length * (box.width + box.gapX) - box.gapX;
  const height = 2 * box.margin + tallest * (box.height + box.gapY) - box.gapY;
  const places = new Map<string, Place>();
  for (const [index, column] of columns.entries()) {
    const above = ((tallest - column.length) * (box.height + box.gapY)) / 2;
    for (const [row, { name }] of column.entries()) {
      const x = box.margin + index * (box.width + box.gapX);
      places.set(name, { x, y: box.margin + above + row * (box.height + box.gapY) });
    }
  }
  const size = `width="${Math.max(width, 0)}" height="${height}" viewBox="0 0 ${Math.max(width, 0)} ${height}"`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="13">`,
    '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">' +
      '<path d="M0 0 8 4 0 8z" fill="#52525b"/></marker></defs>',
    ...graph.edges.map(({ from, to, optional }) => line(places.get(from), places.get(to), optional)),
    ...graph.nodes.map((node) => drawNode(node, places.get(node.name))),
    "</svg>",
  ].join("\n")}\n`;
}

/** Each plugin one column to the right of the rightmost that it needs, near the middle of what it needs. */
function inColumns({ nodes, edges }: PluginGraph): readonly (readonly GraphNode[])[] {
  const needs = new Map<string, string[]>(nodes.map(({ name }) => [name, []]));
  for (const { from, to } of edges) needs.get(from)?.push(to);
  const order = orderByDependencies([...needs.keys()], (name) => needs.get(name) ?? []);
  const columnOf = new Map<string, number>();
  for (const name of order) {
    // In a circle, one of them comes before what it needs.
    const before = (needs.get(name) ?? []).map((other) => columnOf.get(other) ?? -1);
    columnOf.set(name, Math.max(-1, ...before) + 1);
  }
  const columns: GraphNode[][] = [];
  for (const node of nodes) (columns[columnOf.get(node.name) ?? 0] ??= []).push(node);
  const rowOf = new Map<string, number>();
  const middle = ({ name }: GraphNode): number => {
    const rows = (needs.get(name) ?? []).map((other) => rowOf.get(other) ?? 0);
    return rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row, 0) / rows.length;
  };
  return columns.map((column) => {
    const sorted = column.toSorted((a, b) => middle(a) - middle(b));
    for (const [row, { name }] of sorted.entries()) rowOf.set(name, row);
    return sorted;
  });
}

function line(from: Place | undefined, to: Place | undefined, optional: boolean): string {
  if (from === undefined || to === undefined) return "";
  const [x1, y1] = [from.x, from.y + box.height / 2];
  const [x2, y2] = [to.x + box.width, to.y + box.height / 2];
  const bend = Math.max(30, Math.abs(x1 - x2) / 2);
  const dashes = optional ? ' stroke-dasharray="5 4"' : "";
  const path = `M${x1} ${y1}C${x1 - bend} ${y1} ${x2 + bend} ${y2} ${x2} ${y2}`;
  return `<path d="${path}" fill="none" stroke="#52525b"${dashes} marker-end="url(#end)"/>`;
}

const maxTitle = 24;

function drawNode(node: GraphNode, place: Place | undefined): string {
  if (place === undefined) return "";
  const [title, state] = labelOf(node);
  const short = title.length > maxTitle ? `${title.slice(0, maxTitle - 1)}…` : title;
  const { x, y } = place;
  const at = (dy: number): string => `x="${x + box.width / 2}" y="${y + dy}" text-anchor="middle"`;
  return [
    `<g><title>${escaped(`${title}: ${state}`)}</title>`,
    `<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="7" fill="${fills[node.phase]}" stroke="#52525b"/>`,
    `<text ${at(20)} font-weight="600" fill="#18181b">${escaped(short)}</text>`,
    `<text ${at(36)} font-size="11" fill="#3f3f46">${escaped(state)}</text></g>`,
  ].join("");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? "");
}

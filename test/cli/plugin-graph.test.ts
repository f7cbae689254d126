import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PluginJson } from "@plugo/node/cli";
import { graphSvg } from "#src/cli/graph-svg.js";
import { graphDot, graphMermaid } from "#src/cli/graph-text-formats.js";
import { graphTree } from "#src/cli/graph-tree.js";
import { pluginGraph, type PluginGraph } from "#src/cli/plugin-graph.js";

const plain = (_: string, text: string): string => text;

function plugin(name: string, dependencies: readonly string[] = [], more: Partial<PluginJson> = {}): PluginJson {
  const reason = "in the plugin directory";
  const rest = { optionalDependencies: [], dependents: [], problem: null, loadMs: null, path: null, where: "" };
  return { name, version: "1.0.0", phase: "ready", source: "directory", reason, dependencies, ...rest, ...more };
}

const hostile = `a"b<i>&\\]`;
const formats: readonly ((graph: PluginGraph) => string)[] = [
  (graph) => graphTree(graph, plain),
  graphMermaid,
  graphDot,
  graphSvg,
];

describe("pluginGraph", () => {
  test("has a node for what is needed and does not exist, and leaves out an optional one", () => {
    const { nodes, edges } = pluginGraph([plugin("a", ["gone"], { optionalDependencies: ["away", "b"] }), plugin("b")]);
    assert.deepEqual(
      nodes.map(({ name, phase }) => [name, phase]),
      [
        ["a", "ready"],
        ["b", "ready"],
        ["gone", "missing"],
      ],
    );
    assert.deepEqual(edges, [
      { from: "a", to: "gone", optional: false },
      { from: "a", to: "b", optional: true },
    ]);
  });
});

describe("graphTree", () => {
  test("writes out what several need once", () => {
    const graph = pluginGraph([plugin("base"), plugin("auth", ["base"]), plugin("a", ["auth"]), plugin("b", ["auth"])]);
    assert.equal(
      graphTree(graph, plain),
      [
        "a 1.0.0  ready",
        "└─ auth 1.0.0  ready",
        "   └─ base 1.0.0  ready",
        "b 1.0.0  ready",
        "└─ auth 1.0.0  ready …",
      ].join("\n"),
    );
  });

  test("shows a circle, which nothing stands above", () => {
    const graph = pluginGraph([plugin("a", ["b"], { phase: "failed" }), plugin("b", ["a"], { phase: "failed" })]);
    assert.equal(
      graphTree(graph, plain),
      ["a 1.0.0  failed", "└─ b 1.0.0  failed", "   └─ a 1.0.0  failed …"].join("\n"),
    );
  });

  test("says how long each took, when that was measured", () => {
    assert.equal(graphTree(pluginGraph([plugin("a", [], { loadMs: 1.25 })]), plain), "a 1.0.0  ready, 1.3 ms");
  });
});

describe("every format", () => {
  test("draws long chains, circles and nothing", () => {
    const chain = Array.from({ length: 3_000 }, (_, index) =>
      plugin(`p${index}`, index === 0 ? [] : [`p${index - 1}`]),
    );
    for (const draw of formats) {
      assert.ok(draw(pluginGraph(chain)).includes("p2999"));
      assert.ok(draw(pluginGraph([plugin("a", ["b"]), plugin("b", ["a"])])).includes("a"));
      assert.equal(typeof draw(pluginGraph([])), "string");
    }
  });
});

describe("a name of the format's own signs", () => {
  const graph = pluginGraph([plugin(hostile, ["x"])]);
  test("is text in Mermaid", () => {
    assert.match(graphMermaid(graph), /n0\["a#34;b#60;i#62;#38;#92;#93; 1\.0\.0<br>ready"\]:::ready/);
  });
  test("is text for Graphviz", () => {
    assert.ok(graphDot(graph).includes(String.raw`n0 [label="a\"b<i>&\\] 1.0.0\nready"`));
  });
  test("is text in SVG", () => {
    const svg = graphSvg(graph);
    assert.ok(svg.includes("a&quot;b&lt;i&gt;&amp;\\] 1.0.0"));
    assert.ok(!svg.includes("<i>"));
  });
});

test("graphSvg puts each plugin to the right of everything that it needs", () => {
  const svg = graphSvg(pluginGraph([plugin("base"), plugin("auth", ["base"]), plugin("shop", ["auth", "base"])]));
  const xOf = (name: string): number => Number(new RegExp(`<title>${name}[^]*?<rect x="(\\d+)"`).exec(svg)?.[1]);
  assert.ok(xOf("base") < xOf("auth") && xOf("auth") < xOf("shop"));
  assert.equal(svg.match(/<path d="M/g)?.length, 3 + 1);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { cyclesThrough, findCyclicGroups, findDependents, orderByDependencies } from "#src/kernel/graph.js";

type Graph = Readonly<Record<string, readonly string[]>>;

const of =
  (graph: Graph) =>
  (name: string): readonly string[] =>
    (Object.hasOwn(graph, name) ? graph[name] : undefined) ?? [];

/** Graphs of up to twelve names, with an edge wherever the dice fall. */
const graphs = fc
  .uniqueArray(fc.stringMatching(/^[a-z]{1,2}$/), { minLength: 1, maxLength: 12 })
  .chain((names) => fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), fc.subarray(names)))))
  .map((entries): Graph => Object.fromEntries(entries));

/** The same without cycles: edges only lead to names that stand earlier. */
const acyclicGraphs = graphs.map((graph): Graph => {
  const names = Object.keys(graph);
  return Object.fromEntries(
    names.map((name, at) => [name, (graph[name] ?? []).filter((other) => names.indexOf(other) < at)]),
  );
});

const chain = (length: number): Graph =>
  Object.fromEntries(Array.from({ length }, (_, at) => [`p${at}`, at + 1 < length ? [`p${at + 1}`] : []]));

/** One whole path for each group of names that depend on each other. */
function findCycles(
  names: Iterable<string>,
  dependenciesOf: (name: string) => readonly string[],
): (readonly string[])[] {
  return findCyclicGroups(names, dependenciesOf).map((group) => cyclesThrough(group, dependenciesOf).get(group[0]!)!);
}

describe("orderByDependencies", () => {
  test("puts a pulled-in dependency directly before the first that needs it", () => {
    const graph = { a: [], b: ["x", "y"], c: ["x"], x: ["z"] };
    assert.deepEqual(orderByDependencies(["a", "b", "c"], of(graph)), ["a", "z", "x", "y", "b", "c"]);
  });

  test("keeps the order of the roots where no dependency speaks against it", () => {
    assert.deepEqual(orderByDependencies(["c", "a", "b"], of({ c: ["b"] })), ["b", "c", "a"]);
  });

  test("is a topological order of everything that can be reached, each name once", () => {
    fc.assert(
      fc.property(acyclicGraphs, (graph) => {
        const order = orderByDependencies(Object.keys(graph), of(graph));
        assert.deepEqual(order.toSorted(), Object.keys(graph).toSorted());
        for (const [name, dependencies] of Object.entries(graph)) {
          for (const other of dependencies) assert.ok(order.indexOf(other) < order.indexOf(name), `${other} < ${name}`);
        }
      }),
    );
  });

  test("holds a chain of 10 000", () => {
    const order = orderByDependencies(["p0"], of(chain(10_000)));
    assert.equal(order.length, 10_000);
    assert.equal(order[0], "p9999");
    assert.equal(order.at(-1), "p0");
  });

  test("passes over the edge that closes a cycle", () => {
    assert.deepEqual(orderByDependencies(["a"], of({ a: ["b"], b: ["a"] })), ["b", "a"]);
  });
});

describe("findCycles", () => {
  test("gives the whole path, starting at the smallest name", () => {
    assert.deepEqual(findCycles(["c", "b", "a"], of({ b: ["c"], c: ["a"], a: ["b"] })), [["a", "b", "c", "a"]]);
  });

  test("gives one path for each group, and a name that needs itself", () => {
    const graph = { x: ["y"], y: ["x"], s: ["s"], lone: ["x"] };
    assert.deepEqual(findCycles(Object.keys(graph), of(graph)), [
      ["s", "s"],
      ["x", "y", "x"],
    ]);
  });

  test("gives real closed paths, the same whatever the order of the names", () => {
    fc.assert(
      fc.property(graphs, fc.infiniteStream(fc.integer()), (graph, dice) => {
        const cycles = findCycles(Object.keys(graph), of(graph));
        const shuffled = Object.keys(graph)
          .map((name) => [name, dice.next().value] as const)
          .toSorted(([, a], [, b]) => Number(a) - Number(b))
          .map(([name]) => name);
        assert.deepEqual(findCycles(shuffled, of(graph)), cycles);
        for (const cycle of cycles) assertCycle(graph, cycle);
      }),
    );
  });

  test("holds a circle of 10 000", () => {
    const circle = { ...chain(10_000), p9999: ["p0"] };
    const [cycle] = findCycles(Object.keys(circle), of(circle));
    assert.equal(cycle?.length, 10_001);
  });
});

describe("findCyclicGroups", () => {
  test("holds exactly the names that can reach themselves", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const members = findCyclicGroups(Object.keys(graph), of(graph)).flat();
        const expected = Object.keys(graph).filter((name) => reaches(graph, name, name));
        assert.deepEqual(members.toSorted(), expected.toSorted());
      }),
    );
  });
});

describe("cyclesThrough", () => {
  test("gives every member of a group a path without detours that it lies on", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        for (const group of findCyclicGroups(Object.keys(graph), of(graph))) {
          const cycles = cyclesThrough(group, of(graph));
          assert.deepEqual([...cycles.keys()].toSorted(), group);
          for (const [name, cycle] of cycles) {
            assert.ok(cycle.includes(name));
            assertCycle(graph, cycle);
          }
        }
      }),
    );
  });
});

function assertCycle(graph: Graph, cycle: readonly string[]): void {
  const names = cycle.slice(1);
  assert.equal(cycle[0], cycle.at(-1));
  assert.equal(cycle[0], names.toSorted()[0]);
  assert.equal(new Set(names).size, names.length);
  names.forEach((name, at) => assert.ok(of(graph)(cycle[at] ?? "").includes(name)));
}

function reaches(graph: Graph, from: string, to: string): boolean {
  const seen = new Set(of(graph)(from));
  for (const name of seen) for (const next of of(graph)(name)) seen.add(next);
  return seen.has(to);
}

describe("findDependents", () => {
  test("has what depends on each name directly, in the order of the names, and nothing for the others", () => {
    const dependencies: Record<string, readonly string[]> = { a: [], b: ["a"], c: ["b", "a"], d: ["outside"] };
    const dependents = findDependents(Object.keys(dependencies), (name) => dependencies[name]!);
    assert.deepEqual(
      [...dependents],
      [
        ["a", ["b", "c"]],
        ["b", ["c"]],
        ["outside", ["d"]],
      ],
    );
  });
});

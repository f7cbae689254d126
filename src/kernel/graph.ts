/** The names that a name depends on, in the order that counts. */
export type Neighbours = (name: string) => readonly string[];

/**
 * Every name that can be reached from `roots`, dependencies first: depth first in the order of the roots, so that a
 * name which only a dependency brings in stands directly before the first that needs it. Edges that close a cycle are
 * passed over. Iterative: the depth of the graph is not limited by the stack.
 */
export function orderByDependencies(roots: readonly string[], dependenciesOf: Neighbours): readonly string[] {
  const seen = new Set<string>();
  const order: string[] = [];
  roots.forEach((root) => {
    if (seen.has(root)) return;
    seen.add(root);
    const neighbours = dependenciesOf(root);
    if (neighbours.length === 0) {
      order.push(root);
      return;
    }
    const path: Visit[] = [{ name: root, neighbours, next: 0 }];
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const dependency = visit.neighbours[visit.next++];
      if (dependency === undefined) {
        order.push(visit.name);
        path.pop();
      } else if (!seen.has(dependency)) {
        seen.add(dependency);
        path.push({ name: dependency, neighbours: dependenciesOf(dependency), next: 0 });
      }
    }
  });
  return order;
}

/** What depends on each name directly: names in the order of `names`. A name that nothing depends on is not in it. */
export function findDependents(
  names: Iterable<string>,
  dependenciesOf: Neighbours,
): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const name of names) {
    for (const dependency of dependenciesOf(name)) {
      const known = dependents.get(dependency);
      if (known === undefined) dependents.set(dependency, [name]);
      else known.push(name);
    }
  }
  return dependents;
}

/**
 * The groups of names that depend on each other: the strongly connected components of more than one name, or of one
 * that depends on itself. Members and groups are sorted by name, so the answer does not depend on the order of `names`.
 */
export function findCyclicGroups(names: Iterable<string>, dependenciesOf: Neighbours): readonly (readonly string[])[] {
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const groups: string[][] = [];

  const enter = (name: string): Visit => {
    index.set(name, index.size);
    lowest.set(name, index.size - 1);
    open.push(name);
    isOpen.add(name);
    return { name, neighbours: dependenciesOf(name), next: 0 };
  };
  const lower = (name: string, value: number): void => {
    if (value < (lowest.get(name) ?? value)) lowest.set(name, value);
  };

  // Tarjan's algorithm with an explicit stack.
  for (const root of names) {
    if (index.has(root)) continue;
    const path = [enter(root)];
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const dependency = visit.neighbours[visit.next++];
      if (dependency !== undefined) {
        const known = index.get(dependency);
        if (known === undefined) path.push(enter(dependency));
        else if (isOpen.has(dependency)) lower(visit.name, known);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent.name, lowest.get(visit.name) ?? 0);
      if (lowest.get(visit.name) !== index.get(visit.name)) continue;
      const group = open.splice(open.lastIndexOf(visit.name));
      for (const member of group) isOpen.delete(member);
      if (group.length > 1 || visit.neighbours.includes(visit.name)) groups.push(group.toSorted());
    }
  }
  return groups.toSorted((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1));
}

/**
 * For each member of a cyclic group a path that leads back to it, without detours, starting at the path's smallest
 * name. Members that lie on one path share it.
 */
export function cyclesThrough(
  group: readonly string[],
  dependenciesOf: Neighbours,
): ReadonlyMap<string, readonly string[]> {
  const inGroup = new Set(group);
  const dependencies = (name: string): readonly string[] => dependenciesOf(name).filter((other) => inGroup.has(other));
  const dependents = new Map<string, string[]>(group.map((name) => [name, []]));
  for (const name of group) for (const dependency of dependencies(name)) dependents.get(dependency)?.push(name);

  const hub = group[0] ?? "";
  const fromHub = shortestPathTree(hub, dependencies);
  const toHub = shortestPathTree(hub, (name) => dependents.get(name) ?? []);
  const cycles = new Map<string, readonly string[]>();
  for (const member of group) {
    if (cycles.has(member)) continue;
    const cycle = member === hub ? shortestCycle(hub, dependencies, toHub) : cycleOver(member, fromHub, toHub);
    for (const name of cycle) if (!cycles.has(name)) cycles.set(name, cycle);
  }
  return cycles;
}

interface Visit {
  readonly name: string;
  readonly neighbours: readonly string[];
  next: number;
}

/** For each name that can be reached, the one before it on a shortest path from `start`; `start` stands for itself. */
function shortestPathTree(start: string, neighboursOf: Neighbours): ReadonlyMap<string, string> {
  const before = new Map([[start, start]]);
  for (const name of before.keys()) {
    for (const neighbour of neighboursOf(name)) if (!before.has(neighbour)) before.set(neighbour, name);
  }
  return before;
}

/** From `name` along the tree to its root, both included. */
function pathToRoot(name: string, tree: ReadonlyMap<string, string>): readonly string[] {
  const path = [name];
  for (let at = name, next = tree.get(at); next !== undefined && next !== at; at = next, next = tree.get(at)) {
    path.push(next);
  }
  return path;
}

function shortestCycle(hub: string, dependenciesOf: Neighbours, toHub: ReadonlyMap<string, string>): readonly string[] {
  let best: readonly string[] | undefined;
  for (const dependency of dependenciesOf(hub)) {
    const back = pathToRoot(dependency, toHub);
    if (best === undefined || back.length < best.length) best = back;
  }
  return fromSmallest(best ?? [hub]);
}

/** Out from the hub to `member` and back, cut where the way back first meets the way out. */
function cycleOver(
  member: string,
  fromHub: ReadonlyMap<string, string>,
  toHub: ReadonlyMap<string, string>,
): readonly string[] {
  const backwards = pathToRoot(member, fromHub);
  const distance = new Map(backwards.map((name, steps) => [name, steps]));
  const onward = pathToRoot(member, toHub);
  const meeting = onward.findIndex((name, steps) => steps > 0 && distance.has(name));
  const steps = distance.get(onward[meeting] ?? "") ?? 0;
  return fromSmallest([...backwards.slice(0, steps).toReversed(), ...onward.slice(1, meeting + 1)]);
}

/** The cycle's names, each once, as a closed path that starts at the smallest. */
function fromSmallest(names: readonly string[]): readonly string[] {
  let start = 0;
  names.forEach((name, at) => {
    if (name < (names[start] ?? "")) start = at;
  });
  return [...names.slice(start), ...names.slice(0, start + 1)];
}

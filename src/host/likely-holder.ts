import { pathToFileURL } from "node:url";
import { isNativeError, isProxy } from "node:util/types";
import { displayPath } from "../kernel/display-path.ts";
import { isReference, visitReachable } from "./reachable-values.ts";

/** What is known of generations that should not be in memory any more. */
export interface LeakFacts {
  /** The host's context, whose values plugins can reach. */
  readonly context: object;
  /** How many generations there are: what holds all of them holds as many values. */
  readonly fewest: number;
  /** The paths and evaluated texts of their files. */
  readonly texts: readonly (readonly [path: string, text: string])[];
  /** The texts of the generation in service, by path: places can be told in these. */
  readonly current: ReadonlyMap<string, string>;
  readonly mapStack: (error: Error) => string;
  /** What is not taken for the plugin's, although it looks like it. */
  readonly known: Pick<WeakSet<object>, "has">;
}

/**
 * What is likely to hold them, in words, the likeliest first: listeners on `process` and on emitters of the context,
 * functions, instances and errors in the context's values. Functions are told by their source. Calls no getter of the
 * application and touches no proxy. Never throws.
 */
export function findHolders(facts: LeakFacts): string[] {
  const found = new Findings(facts);
  const isKnown = (value: unknown): boolean => isReference(value) && facts.known.has(value);
  try {
    visitReachable(facts.context, {
      listener(listener, event, where) {
        const place = isKnown(listener) ? undefined : found.placeOf(listener);
        if (place !== undefined) found.add(`a listener for ${JSON.stringify(event)}`, `on ${where}`, place);
      },
      value: (value, container) => !isKnown(value) && look(value, container, found),
    });
  } catch {
    // Whatever somebody else's object does: the leak is reported all the same.
  }
  return found.likely();
}

/** Counts what is of the plugin, by where it was found. */
class Findings {
  readonly #facts: LeakFacts;
  readonly #counts = new Map<string, { count: number; readonly describe: (count: number) => string }>();

  constructor(facts: LeakFacts) {
    this.#facts = facts;
  }

  add(what: string, where: string, place: string): void {
    const key = `${what} ${where}`;
    const known = this.#counts.get(key);
    if (known !== undefined) known.count += 1;
    else this.#counts.set(key, { count: 1, describe: (count) => `${times(count)}${what} ${where} (${place})` });
  }

  /** What was found at least as often as there are generations: fewer may be those of the one in service. */
  likely(): string[] {
    return [...this.#counts.values()]
      .filter(({ count }) => count >= this.#facts.fewest)
      .toSorted((one, other) => other.count - one.count)
      .map(({ count, describe }) => describe(count));
  }

  /** Where a function of the plugin was written; `undefined` for any other value. */
  placeOf(value: unknown): string | undefined {
    if (typeof value !== "function" || isProxy(value)) return undefined;
    const source = Function.prototype.toString.call(value);
    if (source.endsWith("{ [native code] }")) return undefined;
    for (const [path, text] of this.#facts.current) {
      const at = text.indexOf(source);
      if (at !== -1 && this.#isOf(source)) return this.#placeIn(path, text, at);
    }
    const [path] = this.#facts.texts.find(([, text]) => text.includes(source)) ?? [];
    return path === undefined ? undefined : displayPath(path);
  }

  /** Where the plugin's frame is in the stack of an error; `undefined` when it has none. */
  placeOfError(error: Error): string | undefined {
    const stack = Object.getOwnPropertyDescriptor(error, "stack");
    // A getter that is not V8's own is not called.
    // oxlint-disable-next-line typescript/unbound-method -- a getter is only looked at
    if (stack?.get !== undefined && !Function.prototype.toString.call(stack.get).includes("[native code]")) return;
    const text = String(error.stack);
    const paths = new Set(this.#facts.texts.map(([path]) => path));
    const path = [...paths].find((file) => text.includes(pathToFileURL(file).href) || text.includes(file));
    return path === undefined ? undefined : displayPath(path);
  }

  #isOf(source: string): boolean {
    return this.#facts.texts.some(([, text]) => text.includes(source));
  }

  #placeIn(path: string, text: string, at: number): string {
    const before = text.slice(0, at).split("\n");
    const frame = `${pathToFileURL(path).href}:${before.length}:${before.at(-1)!.length + 1}`;
    const error = new Error("place");
    error.stack = `Error\n    at ${frame}`;
    const line = /:(\d+):\d+$/.exec(this.#facts.mapStack(error))?.[1];
    return line === undefined ? displayPath(path) : `${displayPath(path)}:${line}`;
  }
}

function times(count: number): string {
  return count === 1 ? "" : `${count} × `;
}

/** Whether a value is of the plugin; if it is, it is counted. */
function look(value: object, container: string, found: Findings): boolean {
  const [what, place] = isNativeError(value)
    ? ["an error", found.placeOfError(value)]
    : typeof value === "function"
      ? ["a function", found.placeOf(value)]
      : instanceOf(value, found);
  if (place !== undefined) found.add(what, `in ${container}`, place);
  return place !== undefined;
}

function instanceOf(value: object, found: Findings): readonly [string, string | undefined] {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!isReference(prototype) || isProxy(prototype)) return ["", undefined];
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof constructor !== "function") return ["", undefined];
  const name: unknown = Object.getOwnPropertyDescriptor(constructor, "name")?.value;
  return [`an instance of ${typeof name === "string" ? name : "a class"}`, found.placeOf(constructor)];
}

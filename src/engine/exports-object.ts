/** What `import * as x` gives. */
export type Namespace = Record<string, unknown>;

const prototype = Object.freeze(Object.create(null, { [Symbol.toStringTag]: { value: "Module" } })) as object;

/**
 * An empty namespace. It has V8's fast properties, without which every access of an imported binding is 16 to 44 times
 * slower: a null prototype, an object literal with getters, and preventing extensions each lose them. So does a second
 * object with the same constructor and another getter of the same name, hence a constructor for each.
 */
export function createNamespace(): Namespace {
  return new (createConstructor())();
}

/**
 * The same for exports that are never read by a getter. Those may share a constructor: who reads the same names from
 * many of them then finds one shape. V8 follows at most 1 536 different names from one, hence another now and then.
 */
export function createConstantNamespace(): Namespace {
  if (sharedTimes === 1_000) {
    Shared = createConstructor();
    sharedTimes = 0;
  }
  sharedTimes += 1;
  return new Shared();
}

function createConstructor(): new () => Namespace {
  const Module = function (): void {} as unknown as new () => Namespace;
  Module.prototype = prototype;
  return Module;
}

let Shared = createConstructor();
let sharedTimes = 0;

/**
 * Adds a live binding; assigning to it throws a `TypeError`.
 *
 * @param get `null` for a binding that never changes: `value` is its value.
 */
export function defineExport(namespace: Namespace, name: string, get: (() => unknown) | null, value?: unknown): void {
  if (get === null) defineValue(namespace, name, value);
  else Object.defineProperty(namespace, name, { enumerable: true, configurable: false, get });
}

/** Adds a value that does not change; assigning to it throws a `TypeError`. */
export function defineValue(namespace: Namespace, name: string, value: unknown): void {
  Object.defineProperty(namespace, name, { enumerable: true, configurable: false, writable: false, value });
}

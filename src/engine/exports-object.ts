/** What `import * as x` gives. */
export type Namespace = Record<string, unknown>;

// An instance of a function whose prototype is frozen keeps V8's fast properties. A null prototype, an object literal
// with getters, or preventing extensions makes every access of an imported binding 16 to 44 times slower.
const NamespaceObject = function (this: Namespace): void {} as unknown as new () => Namespace;
NamespaceObject.prototype = Object.freeze(Object.create(null, { [Symbol.toStringTag]: { value: "Module" } }));

/** An empty namespace. */
export function createNamespace(): Namespace {
  return new NamespaceObject();
}

/** Adds a live binding; assigning to it throws a `TypeError`. */
export function defineExport(namespace: Namespace, name: string, get: () => unknown): void {
  Object.defineProperty(namespace, name, { enumerable: true, configurable: false, get });
}

/** Adds a value that does not change; assigning to it throws a `TypeError`. */
export function defineValue(namespace: Namespace, name: string, value: unknown): void {
  Object.defineProperty(namespace, name, { enumerable: true, configurable: false, writable: false, value });
}

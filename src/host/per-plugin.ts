import { isProxy } from "node:util/types";
import { plugoError } from "../kernel/plugo-error.ts";
import type { PluginScope } from "./plugin-scope.ts";
import { readOption } from "./read-option.ts";

/** The key that brands a per-plugin value: a string, so that two copies of this package agree. */
const brand = "plugo:perPlugin";

/** A context value that each plugin sees through its own scope. */
export interface PerPlugin<T> {
  readonly "plugo:perPlugin": (plugin: PluginScope) => T;
}

/**
 * What plugins get of a context: each top-level {@link PerPlugin} becomes its own view, the rest stays as it is. The
 * host writes `export type AppContext = ScopedContext<typeof context>`.
 */
export type ScopedContext<Context> = {
  readonly [Key in keyof Context]: Context[Key] extends infer Value
    ? Value extends PerPlugin<infer View>
      ? View
      : Value
    : never;
};

/**
 * Makes a context value that each plugin sees through its own scope: `create` is called once for each generation, when
 * it first reads the value, and ties what the plugin does to the scope.
 *
 * @example
 * ```ts
 * const context = { events: perPlugin((plugin) => ({
 *   on(event: string, listener: () => void) {
 *     emitter.on(event, listener);
 *     plugin.defer(() => emitter.off(event, listener), `listener for ${event}`);
 *   },
 * })) };
 * ```
 */
export function perPlugin<T>(create: (plugin: PluginScope) => T): PerPlugin<T> {
  return { [brand]: create };
}

function isPerPlugin(value: unknown): value is PerPlugin<unknown> {
  // A mock that has every property is no view.
  if (typeof value !== "object" || value === null || isProxy(value)) return false;
  return typeof (value as Record<string, unknown>)[brand] === "function";
}

/**
 * What one plugin gets as its context. Without per-plugin values, all of them get the same frozen copy.
 *
 * @throws PlugoError `PLUGO_NESTED_VIEW`, `PLUGO_OPTION_INVALID`.
 */
export function createContextFactory(context: object): (plugin: PluginScope) => object {
  if (!isPlain(context) || Array.isArray(context)) {
    const actual = "an instance of a class or a proxy, whose methods would be lost";
    throw plugoError("PLUGO_OPTION_INVALID", { option: "context", expected: "a plain object", actual });
  }
  const entries = readOption("context", () => Object.entries(context));
  for (const [key, value] of entries) refuseNestedViews(key, value);
  const shared = Object.freeze(Object.fromEntries(entries));
  const views = entries.filter((entry): entry is [string, PerPlugin<unknown>] => isPerPlugin(entry[1]));
  if (views.length === 0) return () => shared;
  return (plugin) => {
    const own: object = { ...shared };
    for (const [key, view] of views) Object.defineProperty(own, key, lazyView(view, plugin));
    return Object.freeze(own);
  };
}

/** Views are made on first use: a plugin pays only for what it takes. */
function lazyView(view: PerPlugin<unknown>, plugin: PluginScope): PropertyDescriptor {
  let made: { readonly value: unknown } | undefined;
  return {
    enumerable: true,
    get: () => (made ??= { value: view[brand](plugin) }).value,
  };
}

function refuseNestedViews(key: string, top: unknown): void {
  const seen = new Set<object>();
  const visit = (value: unknown, path: string, depth: number): void => {
    if (!isPlain(value) || seen.has(value)) return;
    seen.add(value);
    if (depth > 1 && isPerPlugin(value)) throw plugoError("PLUGO_NESTED_VIEW", { path });
    if (isPerPlugin(value) || depth === maxDepth) return;
    for (const [name, { value: inner }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      visit(inner, `${path}.${name}`, depth + 1);
    }
  };
  visit(top, key, 1);
}

/** Deeper than anybody nests by hand; a host's own data is not searched to the end. */
const maxDepth = 5;

/** A getter is not called and a proxy not touched: who wrote it may not expect that before a plugin asks. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null || isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

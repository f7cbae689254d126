import { isProxy } from "node:util/types";
import { describeJson } from "../manifest/must-be.ts";

/** What a module offers as a plugin, whichever way it is written. */
export interface FoundDefinition {
  readonly init: (context: object, plugin: unknown) => unknown;
  readonly dispose: (() => unknown) | undefined;
}

/** Why a module is no plugin: what it exports, and what to do when the reason is plain. */
export interface NoDefinition {
  readonly found: readonly string[];
  readonly hint: string | undefined;
}

type Namespace = Readonly<Record<string, unknown>>;
type Callable = (...values: unknown[]) => unknown;

/**
 * Finds what to call in a plugin's module: an exported `initPlugin`, or a default export that is a definition, a
 * function, a class, or an object with `initPlugin`.
 */
export function findDefinition(namespace: Namespace): FoundDefinition | NoDefinition {
  const dispose = callable(namespace["disposePlugin"]);
  if (isCallable(namespace["initPlugin"])) return { init: namespace["initPlugin"], dispose };
  const fallback = namespace["default"];
  const found = fallback === undefined ? undefined : definitionOf(fallback);
  if (found !== undefined) return { init: found.init, dispose: found.dispose ?? dispose };
  return { found: Object.keys(namespace), hint: hintFor(namespace) };
}

/** The same for a value that is the plugin itself: a target of the `PLUGINS` list. */
export function definitionOf(value: unknown): FoundDefinition | undefined {
  if (typeof value !== "object" && typeof value !== "function") return undefined;
  if (value === null) return undefined;
  const target = value as Namespace;
  const dispose = methodOf(target, "disposePlugin") ?? methodOf(target, "dispose");
  const init = methodOf(target, "initPlugin") ?? (typeof value === "object" ? methodOf(target, "init") : undefined);
  if (init !== undefined) return { init, dispose };
  if (!isCallable(value)) return undefined;
  return isClass(value) ? instantiated(value) : { init: value, dispose: undefined };
}

/** A class is constructed with the same two arguments; the instance, or what its `initPlugin` returns, is the API. */
function instantiated(constructor: Callable): FoundDefinition {
  let instance: Namespace | undefined;
  return {
    init: (context, plugin) => {
      instance = Reflect.construct(constructor, [context, plugin]) as Namespace;
      const init = methodOf(instance, "initPlugin");
      return init === undefined ? instance : init(context, plugin);
    },
    dispose: () => (instance === undefined ? undefined : methodOf(instance, "disposePlugin")?.()),
  };
}

function hintFor(namespace: Namespace): string | undefined {
  if ("initPlugin" in namespace) {
    return `Write initPlugin as a function: it is ${describeJson(namespace["initPlugin"])}.`;
  }
  const inDefault = namespace["default"];
  const hasPythonName =
    isCallable(namespace["init_plugin"]) ||
    (typeof inDefault === "object" && inDefault !== null && isCallable((inDefault as Namespace)["init_plugin"]));
  return hasPythonName ? "Rename init_plugin to initPlugin: it gets the context as one object." : undefined;
}

function methodOf(target: Namespace, name: string): ((...values: unknown[]) => unknown) | undefined {
  const method = target[name];
  return isCallable(method) ? (...values) => method.apply(target, values) : undefined;
}

function callable(value: unknown): (() => unknown) | undefined {
  return isCallable(value) ? () => value() : undefined;
}

function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}

function isClass(value: Callable): boolean {
  return !isProxy(value) && /^class\b/.test(Function.prototype.toString.call(value));
}

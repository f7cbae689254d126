import { describeThrown } from "../kernel/plugo-error.ts";
import type { PerPlugin } from "./per-plugin.ts";
import { perPlugin } from "./per-plugin.ts";
import { scopeInternals, type HostInternals, type InternalScope, type PluginScope } from "./plugin-scope.ts";
import { requireEvent } from "./require-event.ts";

/** A list of items that plugins add to: what both the host and the plugins see of it. */
export interface RegistryView<T> extends Iterable<T> {
  /**
   * Adds an item until the returned value is disposed, or the generation that added it ends. Items of a plugin are
   * seen from the swap that puts its generation in service to the one that takes it out.
   */
  readonly add: (item: T) => Disposable;
  /** Calls `listener` after the items have changed: once for each swap, never in the middle of one. */
  readonly on: (event: "change", listener: () => void) => Disposable;
}

/**
 * A registry, as the host sees it: a context value whose views the plugins get. Iterating yields the host's own items
 * first, then those of the plugins in service in plan order, each in the order they were added; a reload keeps the
 * place.
 */
export interface Registry<T> extends RegistryView<T>, PerPlugin<RegistryView<T>> {}

/** Makes a registry: put it into the context, and each plugin gets its own view. */
export function createRegistry<T>(): Registry<T> {
  const items = new RegistryItems<T>();
  return Object.freeze({
    ...perPlugin((plugin) => items.viewFor(plugin as InternalScope)),
    add: (item: T) => items.add(undefined, item),
    on: (event: "change", listener: () => void) => items.listen(event, listener, undefined),
    [Symbol.iterator]: () => items.current[Symbol.iterator](),
  });
}

interface Entry<T> {
  /** The generation that added it; `undefined` for the host. */
  readonly plugin: InternalScope | undefined;
  readonly item: T;
}

class RegistryItems<T> {
  readonly #entries = new Set<Entry<T>>();
  readonly #listeners = new Set<Listener>();
  #current: readonly T[] = Object.freeze([]);

  /** What is in service now; the same array until that changes. */
  get current(): readonly T[] {
    return this.#current;
  }

  viewFor(plugin: InternalScope): RegistryView<T> {
    this.#follow(plugin[scopeInternals].host);
    return Object.freeze({
      add: (item: T) => this.add(plugin, item),
      on: (event: "change", listener: () => void) => plugin.use(this.listen(event, listener, plugin)),
      [Symbol.iterator]: () => this.#current[Symbol.iterator](),
    });
  }

  add(plugin: InternalScope | undefined, item: T): Disposable {
    const entry: Entry<T> = { plugin, item };
    this.#entries.add(entry);
    const remove = (): void => {
      if (this.#entries.delete(entry)) this.#update();
    };
    plugin?.defer(remove, "an item of a registry");
    this.#update();
    return { [Symbol.dispose]: remove };
  }

  listen(event: "change", call: () => void, plugin: PluginScope | undefined): Disposable {
    requireEvent(event, "change");
    const listener = { call, plugin };
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #follow(host: HostInternals): void {
    host.onSwap(this.#update);
  }

  readonly #update = (): void => {
    const items = [...this.#entries].filter(({ plugin }) => plugin?.live !== false);
    items.sort((a, b) => compare(a.plugin, b.plugin));
    const next = items.map(({ item }) => item);
    if (next.length === this.#current.length && next.every((item, index) => item === this.#current[index])) return;
    this.#current = Object.freeze(next);
    for (const listener of [...this.#listeners]) notify(listener);
  };
}

interface Listener {
  readonly call: () => void;
  /** The plugin that listens; `undefined` for the host. */
  readonly plugin: PluginScope | undefined;
}

/** A listener that throws must not stop the swap that it is told of: it stays an uncaught exception, a moment later. */
function notify({ call, plugin }: Listener): void {
  try {
    call();
  } catch (error) {
    plugin?.logger.error(`a listener of a registry threw: ${describeThrown(error)}`);
    process.nextTick(() => {
      throw error;
    });
  }
}

/** The host first, then hosts by age, then plugins in plan order; the sort is stable, so adding order decides last. */
function compare(a: InternalScope | undefined, b: InternalScope | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [left, right] = [a[scopeInternals], b[scopeInternals]];
  return left.host.id - right.host.id || left.position - right.position;
}

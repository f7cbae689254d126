import { scopeInternals, type InternalScope, type PluginScope } from "../host/plugin-scope.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { timedOut, withTimeLimit } from "../kernel/time-limit.ts";
import { routePrefixOf, type PrefixOptions, type RoutePrefix } from "./route-prefix.ts";
import { Visits } from "./visits.ts";

/** What `whenBack` resolves with when a plugin that restarts took too long. */
export const tookTooLong: unique symbol = Symbol("took too long");

/** The routes of one generation, and where they are mounted. */
export interface Mount<Router> {
  readonly plugin: InternalScope;
  readonly prefix: string;
  readonly router: Router;
  readonly visits: Visits;
}

/**
 * Which plugin answers a path: each prefix with the generation in service. All prefixes of one change switch in one
 * assignment, right after the swap. Finding one takes the same time however many plugins there are.
 */
export class RouteTable<Router> {
  readonly #options: PrefixOptions;
  readonly #mounts = new Set<Mount<Router>>();
  /** Those in service, and those that are out for a restart and may come back. */
  #current: ReadonlyMap<string, Mount<Router>> = new Map();
  /** How many segments prefixes have, ascending. */
  #depths: readonly number[] = [];
  #change = defer();

  constructor(options: PrefixOptions) {
    this.#options = options;
  }

  /**
   * Mounts the routes of a generation: they are found while it is in service, and forgotten when it ends.
   *
   * @param create Makes the plugin's router; it gets the prefix.
   * @throws PlugoError `PLUGO_ROUTE_PREFIX_INVALID`, and before the swap `PLUGO_ROUTE_PREFIX_TAKEN`.
   */
  mount(scope: PluginScope, create: (prefix: string) => Router): Mount<Router> {
    const plugin = scope as InternalScope;
    const prefix = routePrefixOf(plugin, this.#options);
    const mount = { plugin, prefix: prefix.path, router: create(prefix.path), visits: new Visits(plugin) };
    if (plugin.live) this.#refuseTaken(mount, prefix);
    else plugin.beforeSwap(() => this.#refuseTaken(mount, prefix));
    this.#mounts.add(mount);
    plugin[scopeInternals].host.onSwap(this.#update);
    plugin.defer(() => {
      this.#mounts.delete(mount);
      this.#update();
    }, "its routes");
    if (plugin.live) this.#update();
    return mount;
  }

  /**
   * The routes with the longest prefix of a path.
   *
   * @param shorterThan The length that the prefix must stay below: for a path that a longer one did not answer.
   */
  find(path: string, shorterThan: number = path.length + 1): Mount<Router> | undefined {
    let longest: Mount<Router> | undefined;
    let end = 0;
    let depth = 0;
    for (const next of this.#depths) {
      for (; depth < next; depth += 1) {
        if (end >= path.length) return longest;
        const slash = path.indexOf("/", end + 1);
        end = slash === -1 ? path.length : slash;
      }
      if (end >= shorterThan) break;
      longest = this.#current.get(path.slice(0, end)) ?? longest;
    }
    return longest;
  }

  /** The routes of a plugin's generation in service. */
  inService(plugin: PluginScope): Mount<Router> | undefined {
    for (const mount of this.#current.values()) {
      if (mount.plugin.live && isSamePlugin(mount.plugin, plugin as InternalScope)) return mount;
    }
    return undefined;
  }

  /**
   * What `look` finds once that is in service, for a request that found a plugin which is out for a restart. It waits
   * for the plugin to be back, or not to come back, and looks again.
   *
   * @param arrival When the request came, as `performance.now()` has it: it waits no longer than the drain time.
   * @returns `undefined` when there is nothing to be found any more, {@link tookTooLong} when the time is over.
   */
  async whenBack(
    look: () => Mount<Router> | undefined,
    arrival: number,
  ): Promise<Mount<Router> | undefined | typeof tookTooLong> {
    for (;;) {
      const mount = look();
      if (mount === undefined || !isOut(mount)) return mount;
      const { host } = mount.plugin[scopeInternals];
      const { drainTimeoutMs } = host;
      while (host.isReturning(mount.plugin.name)) {
        const left = arrival + drainTimeoutMs - performance.now();
        if (drainTimeoutMs !== 0 && left <= 0) return tookTooLong;
        const limitMs = drainTimeoutMs === 0 ? 0 : Math.ceil(left);
        if ((await withTimeLimit(this.#change.promise, limitMs)) === timedOut) return tookTooLong;
      }
    }
  }

  readonly #update = (): void => {
    const next = new Map<string, Mount<Router>>();
    for (const mount of this.#mounts) if (mount.plugin.live) next.set(mount.prefix, mount);
    for (const [prefix, mount] of this.#current) {
      if (!next.has(prefix) && isOut(mount) && isReturning(mount)) next.set(prefix, mount);
    }
    this.#current = next;
    this.#depths = [...new Set(Array.from(next.keys(), (prefix) => prefix.split("/").length - 1))].toSorted(
      (a, b) => a - b,
    );
    this.#change.resolve();
    this.#change = defer();
  };

  /** A plugin that moves away in this change makes room, so this one is only put in service together with it. */
  #refuseTaken(mount: Mount<Router>, { path: prefix, where }: RoutePrefix): void {
    const { plugin } = mount;
    const candidates = [...this.#mounts, ...this.#current.values()];
    for (const other of candidates) {
      if (other.prefix !== prefix || isSamePlugin(other.plugin, plugin)) continue;
      const { host } = other.plugin[scopeInternals];
      const serves = other.plugin.live || isReturning(other);
      if (serves && host === plugin[scopeInternals].host && host.isChanging(other.plugin.name)) {
        const next = candidates.find((one) => isSamePlugin(one.plugin, other.plugin) && isNewer(one, other));
        if (next === undefined || next.prefix !== prefix) {
          plugin[scopeInternals].swapOnlyWith(other.plugin.name);
          continue;
        }
      } else if (!serves && (other.plugin.draining.aborted || other.plugin.signal.aborted)) {
        continue;
      }
      const facts = { name: plugin.name, other: other.plugin.name, prefix, where };
      throw plugoError("PLUGO_ROUTE_PREFIX_TAKEN", facts, { plugin: plugin.name });
    }
  }
}

/** Whether a mount that was found is not in service, because its plugin restarts. */
export function isOut({ plugin }: Mount<unknown>): boolean {
  return !plugin.live;
}

function isReturning({ plugin }: Mount<unknown>): boolean {
  return plugin[scopeInternals].host.isReturning(plugin.name);
}

function isSamePlugin(a: InternalScope, b: InternalScope): boolean {
  return a.name === b.name && a[scopeInternals].host === b[scopeInternals].host;
}

function isNewer(a: Mount<unknown>, b: Mount<unknown>): boolean {
  return a.plugin.generation > b.plugin.generation;
}

function defer(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

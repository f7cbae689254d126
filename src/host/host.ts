import { join } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { nearestName } from "../kernel/nearest-name.ts";
import { describeThrown, plugoError, type PlugoError, type PlugoErrorCode } from "../kernel/plugo-error.ts";
import { isThenable } from "../kernel/time-limit.ts";
import { packageFile } from "../manifest/read-package-manifest.ts";
import { setEnabled } from "../sources/edit-config.ts";
import type { DirectoryScan } from "../sources/source.ts";
import type { MadeReport } from "./change-reports.ts";
import type { DiskFollower, FollowedChange, HostView } from "./disk-follower.ts";
import type { HostSnapshot, LoadReport, PluginHost } from "./plugin-host.ts";
import { Reconciler } from "./reconciler.ts";
import { requireEvent } from "./require-event.ts";
import type { ResolvedOptions } from "./resolve-options.ts";
import { takeSnapshot } from "./snapshot.ts";

type ChangeListener = (report: LoadReport) => void;

const all = (): boolean => true;
const nobody = (): boolean => false;
const nothing: DirectoryScan = { plugins: new Map(), otherFolders: new Map(), beside: [], problems: [], hints: [] };

/** The plugins of one application: takes the wishes one after the other, and lets the reconciler carry them out. */
export class Host implements PluginHost {
  readonly #options: ResolvedOptions;
  readonly #reconciler: Reconciler;
  readonly #listeners = new Set<{ readonly call: ChangeListener }>();
  #queue: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #follower: DiskFollower | undefined;
  #report: LoadReport | undefined;
  #loaded: { readonly revision: number; readonly names: ReadonlySet<string> } | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#reconciler = new Reconciler(options, (names) => this.#bringInProvisioned(names));
  }

  get loaded(): ReadonlySet<string> {
    const { revision, inService } = this.#reconciler;
    if (this.#loaded?.revision !== revision) this.#loaded = { revision, names: readonlySet(inService.keys()) };
    return this.#loaded.names;
  }

  get report(): LoadReport {
    if (this.#report === undefined) throw new Error("The first load has not ended.");
    return this.#report;
  }

  /**
   * The first load. Rejects when the host's own input cannot be used, when it is aborted, and, with `strict`, when a
   * wanted plugin is not active; everything is undone then.
   */
  async load(): Promise<void> {
    const { signal, strict } = this.#options;
    const onAbort = (): void => this.#reconciler.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      refuseAborted(signal);
      await this.#change(() =>
        this.#reconciler.apply({
          trigger: "load",
          changed: [],
          isTouched: all,
          isForced: nobody,
          isRetried: all,
          keepsModules: nobody,
        }),
      );
      refuseAborted(signal);
      if (strict) this.#requireAll();
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  readonly snapshot = (): HostSnapshot => takeSnapshot(this.#reconciler);

  readonly get = <Api = unknown>(name: string): Api => {
    const generation = this.#reconciler.inService.get(name);
    if (generation !== undefined) return generation.api as Api;
    throw plugoError("PLUGO_NOT_ACTIVE", { name, reason: this.#whyNotActive(name) }, { plugin: name });
  };

  readonly reload = (...names: readonly string[]): Promise<LoadReport> => this.reloadKeeping(nobody, names);

  /** The same, but without evaluating the files of those plugins anew for which `keepsModules` holds. */
  readonly reloadKeeping = (
    keepsModules: (name: string) => boolean,
    names: readonly string[] = [],
  ): Promise<LoadReport> =>
    this.#enqueue("reload", () => {
      const wanted = new Set(names);
      const isNamed = names.length === 0 ? all : (name: string): boolean => wanted.has(name);
      if (names.length > 0) this.#requireKnown(names, "host.reload", isNamed);
      return this.#reconciler.apply({
        trigger: "runtime",
        changed: names,
        isTouched: isNamed,
        isForced: isNamed,
        isRetried: isNamed,
        keepsModules,
      });
    });

  readonly enable: PluginHost["enable"] = (name, options) => this.#switch(name, true, options?.persist === true);

  readonly disable: PluginHost["disable"] = (name, options) => this.#switch(name, false, options?.persist === true);

  readonly on = (event: "change", call: ChangeListener): Disposable => {
    requireEvent(event, "change");
    const listener = { call };
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  };

  /** What a follower of the disk has to know: what was read last, and what is in service. */
  get view(): HostView {
    const { inputs, inService } = this.#reconciler;
    return { scan: inputs?.scan ?? nothing, generations: inService };
  }

  problemOf(name: string): PlugoError | null {
    return this.#reconciler.problemOf(name);
  }

  /** Has `follower` keep the host equal to the disk until it closes. */
  followWith(follower: DiskFollower): void {
    this.#follower = follower;
  }

  /**
   * Compares plugins with the disk, and brings in what has changed. Nobody is told when nothing has. Does nothing once
   * the host closes.
   */
  readonly follow = async (find: () => FollowedChange): Promise<void> => {
    if (this.#closing !== undefined) return;
    await this.#enqueue("reload", () =>
      this.#reconciler.apply({ ...find(), isForced: nobody, isRetried: nobody, keepsModules: nobody }),
    ).catch((error: unknown) => {
      if (this.#closing === undefined) throw error;
    });
  };

  /** Takes note of what is wrong outside all plugins; it is in the next report. */
  reportFault(problem: PlugoError): void {
    this.#reconciler.reportFault(problem);
  }

  readonly settled = async (): Promise<void> => {
    await this.#follower?.settled();
    let waited: Promise<unknown> | undefined;
    while (waited !== this.#queue) {
      waited = this.#queue;
      // Until nothing was added while waiting.
      await waited;
      await this.#reconciler.settled();
    }
  };

  readonly close = (): Promise<void> => (this.#closing ??= this.#close());

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The change of plugins that were held back until packages were there. */
  #bringInProvisioned(names: ReadonlySet<string>): void {
    const { plugins } = this.view.scan;
    const paths = Array.from(names, (name) => plugins.get(name)?.path).filter((path) => path !== undefined);
    const changed = paths.map((path) => displayPath(join(path, packageFile)));
    const change = { trigger: "file", changed, isTouched: (name: string) => names.has(name), only: names } as const;
    this.follow(() => change).catch((error: unknown) => {
      const whose = Array.from(names, (name) => `"${name}"`).join(", ");
      this.#options.logger.error(`the packages of ${whose} could not be brought in: ${describeThrown(error)}`);
    });
  }

  async #close(): Promise<void> {
    this.#follower?.stop();
    this.#reconciler.abort(plugoError("PLUGO_CLOSED", { operation: "what was under way" }));
    await this.#queue;
    await this.#change(() => this.#reconciler.close());
    this.#listeners.clear();
  }

  #switch(name: string, enabled: boolean, persist: boolean): Promise<LoadReport> {
    const operation = enabled ? "enable" : "disable";
    return this.#enqueue(operation, () => {
      const isNamed = (other: string): boolean => other === name;
      this.#requireKnown([name], `host.${operation}`, isNamed);
      if (persist) {
        const { configFile } = this.#options;
        if (configFile === undefined) throw plugoError("PLUGO_CONFIG_ABSENT", { name });
        setEnabled(configFile, name, enabled);
        this.#reconciler.runtimeWishes.delete(name);
      } else {
        this.#reconciler.runtimeWishes.set(name, {
          name,
          enabled,
          source: "runtime",
          reason: `${enabled ? "enabled" : "disabled"} at run time`,
          where: `host.${operation}`,
          config: undefined,
          module: undefined,
        });
      }
      return this.#reconciler.apply({
        trigger: "runtime",
        changed: [name],
        isTouched: isNamed,
        isForced: nobody,
        isRetried: isNamed,
        keepsModules: nobody,
      });
    });
  }

  #enqueue(operation: string, change: () => Promise<MadeReport>): Promise<LoadReport> {
    const run = this.#queue.then(() => {
      if (this.#closing !== undefined) throw plugoError("PLUGO_CLOSED", { operation: `host.${operation}` });
      return this.#change(change);
    });
    this.#queue = run.catch(() => {});
    return run;
  }

  async #change(change: () => Promise<MadeReport>): Promise<LoadReport> {
    const { report, isNoteworthy } = await change();
    if (!isNoteworthy) return report;
    this.#report = report;
    const onThrow = (error: unknown): void =>
      this.#options.logger.error(`a listener of "change" threw: ${describeThrown(error)}`);
    for (const { call } of [...this.#listeners]) {
      try {
        const result: unknown = call(report);
        if (isThenable(result)) Promise.resolve(result).catch(onThrow);
      } catch (error) {
        onThrow(error);
      }
    }
    return report;
  }

  /** @throws PlugoError `PLUGO_STRICT` */
  #requireAll(): void {
    const { plan, inService } = this.#reconciler;
    const missing = this.report.problems.filter(({ plugin, code }) => {
      const isWanted = plugin !== undefined && plan.entries.get(plugin)?.selected.wanted === true;
      return isWanted ? !inService.has(plugin) : wantedByName.has(code);
    });
    if (missing.length === 0) return;
    const problems = missing.map(({ message }) => message);
    throw plugoError("PLUGO_STRICT", { problems }, { cause: new AggregateError(missing) });
  }

  /** Looks at the disk first: a plugin may have been added just now. */
  #requireKnown(names: readonly string[], where: string, isTouched: (name: string) => boolean): void {
    const inputs = this.#reconciler.read({ isTouched });
    const { scan } = inputs;
    const selection = this.#reconciler.select(inputs);
    for (const name of names) {
      if (scan.plugins.has(name) || scan.otherFolders.has(name) || selection.plugins.has(name)) continue;
      const nearest = nearestName(name, [...selection.plugins.keys(), ...scan.plugins.keys()]);
      throw plugoError("PLUGO_UNKNOWN_PLUGIN", { name, where, nearest }, { plugin: name });
    }
  }

  #whyNotActive(name: string): string {
    if (this.#closing !== undefined) return "the host is closed.";
    const problem = this.#reconciler.problemOf(name);
    if (problem !== null) return problem.message;
    const entry = this.#reconciler.plan.entries.get(name);
    if (entry !== undefined) return `it is ${this.#reconciler.phaseOf(name)} (${entry.selected.reason}).`;
    const nearest = nearestName(name, this.#reconciler.plan.entries.keys());
    return `no source knows it.${nearest === undefined ? "" : ` Did you mean "${nearest}"?`}`;
  }
}

/** What a name that a source wants comes to when there can be no plugin of it. */
const wantedByName: ReadonlySet<PlugoErrorCode> = new Set<PlugoErrorCode>([
  "PLUGO_NAME_INVALID",
  "PLUGO_OPTION_INVALID",
  "PLUGO_UNKNOWN_PLUGIN",
]);

function readonlySet(names: Iterable<string>): ReadonlySet<string> {
  const refuse = (): never => {
    throw new TypeError("host.loaded is read-only; use host.enable, host.disable or host.reload.");
  };
  return Object.freeze(Object.assign(new Set(names), { add: refuse, delete: refuse, clear: refuse }));
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw plugoError("PLUGO_ABORTED", {}, { cause: signal.reason });
}

import { existsSync } from "node:fs";
import { basename, dirname, extname, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { applicationPackages } from "../host/application-packages.ts";
import type { DiskFollower } from "../host/disk-follower.ts";
import type { Host } from "../host/host.ts";
import type { ResolvedOptions } from "../host/resolve-options.ts";
import { displayPath } from "../kernel/display-path.ts";
import { isWithin } from "../kernel/is-within.ts";
import { describeThrown } from "../kernel/plugo-error.ts";
import { metadataFile } from "../manifest/read-manifest.ts";
import { AdaptiveWatcher } from "./adaptive-watcher.ts";
import { Bursts } from "./bursts.ts";
import { FollowedPlaces, outermost, type Places } from "./followed-places.ts";
import type { PathWatcher, WatchTarget } from "./path-watcher.ts";
import { forgetFollower, rememberFollower } from "./plugin-runtime.ts";
import { adapterFor } from "./raw-application.ts";
import { touchedPlugins } from "./touched-plugins.ts";

type FollowedHost = Pick<Host, "follow" | "view" | "reportFault" | "on" | "problemOf">;
type FollowingOptions = Pick<ResolvedOptions, "context" | "directories" | "configFile" | "logger">;

/**
 * Keeps a host equal to the disk: watches the plugin directories and the config, and when it has been quiet for a while
 * has the host compare what may have changed.
 */
export class HotReload implements DiskFollower {
  readonly #host: FollowedHost;
  readonly #options: FollowingOptions;
  readonly #bursts: Bursts<string>;
  readonly #watcher: PathWatcher;
  #targets: readonly WatchTarget[] = [];
  readonly #packages: readonly string[];
  readonly #followed: FollowedPlaces;
  #places: Places | undefined;
  #ready: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** @param debounceMs How long it must be quiet, in milliseconds. */
  constructor(host: FollowedHost, options: FollowingOptions, debounceMs: number) {
    this.#host = host;
    this.#options = options;
    this.#packages = applicationPackages(options.directories);
    this.#followed = new FollowedPlaces(options.directories);
    this.#bursts = new Bursts(debounceMs, () => void this.#bringIn());
    this.#watcher = new AdaptiveWatcher({
      onEvent: (path) => this.#bursts.add(path),
      onPolling: (problem) => host.reportFault(problem),
    });
  }

  /** Begins to watch, in the background. @param loadedAtMs When the host began to read, as `Date.now()` has it. */
  start(loadedAtMs: number): void {
    const { context, directories, configFile, logger } = this.#options;
    const watched = [...directories, ...(configFile === undefined ? [] : [configFile])].map((path) =>
      displayPath(path),
    );
    logger.info(`watching ${watched.join(", ")} for changes; hotReload: false switches it off`);
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(context))) {
      const adapter = adapterFor(value);
      if (adapter === undefined) continue;
      logger.warn(
        `context.${key} is a raw ${adapter} application: routes that plugins add to it stay when they change. Wrap it with ${adapter}Routes of @plugo/node/${adapter}`,
      );
    }
    rememberFollower(this, directories, configFile);
    this.#ready = this.#beginToWatch(loadedAtMs);
  }

  async settled(): Promise<void> {
    await this.#ready;
    if (this.#isStopped) return;
    // What the system has not told of yet counts as well.
    await this.#compare([...this.#bursts.take()], () => undefined);
  }

  stop(): void {
    this.#isStopped = true;
    forgetFollower(this);
    this.#bursts.stop();
    this.#watcher.close();
  }

  /** Who waits for the plugins goes on first; what changes until then is told of by its time. */
  async #beginToWatch(loadedAtMs: number): Promise<void> {
    await nextTurn();
    if (this.#isStopped) return;
    // A plugin's folder that is a link leads to a folder elsewhere.
    this.#host.on("change", () => {
      const watching = this.#retarget(Date.now());
      this.#ready = this.#ready.then(() => watching);
    });
    await this.#retarget(loadedAtMs);
  }

  async #retarget(sinceMs: number): Promise<void> {
    const places = this.#followed.of(this.#host.view);
    if (places === this.#places) return;
    this.#places = places;
    const { configFile } = this.#options;
    const targets: WatchTarget[] = outermost(places).map((path) => ({ path, kind: "folder" }));
    if (configFile !== undefined) targets.push({ path: configFile, kind: "file" });
    for (const path of this.#packages) targets.push({ path, kind: "file" });
    if (this.#isStopped || isSame(targets, this.#targets)) return;
    this.#targets = targets;
    await this.#watcher.watch(targets, sinceMs);
  }

  async #bringIn(): Promise<void> {
    const paths = [...this.#bursts.take()];
    // Asked when the change begins: one that is under way may bring in who uses these files.
    await this.#compare(paths, () => touchedPlugins(paths, this.#watchedPlugins()));
  }

  /** @param findTouched The plugins to look at; all of them when `undefined`. The config is always looked at. */
  async #compare(paths: readonly string[], findTouched: () => ReadonlySet<string> | undefined): Promise<void> {
    const named = paths.filter((path) => this.#isWorthNaming(path));
    const changed = named.map((path) => displayPath(path)).toSorted();
    try {
      await this.#host.follow(() => {
        const touched = findTouched();
        const trigger = touched?.size === 0 ? "config" : "file";
        return { trigger, changed, isTouched: (name) => touched?.has(name) ?? true, only: touched };
      });
    } catch (error) {
      this.#options.logger.error(`a change of files could not be brought in: ${describeThrown(error)}`);
    }
  }

  /** What has gone may have been a temporary file of an editor, which nobody knows. */
  #isWorthNaming(path: string): boolean {
    if (this.#options.directories.some((directory) => isHidden(path, directory))) return false;
    if (existsSync(path) || this.#options.directories.includes(dirname(path))) return true;
    for (const { modules } of this.#host.view.generations.values()) if (modules?.files.has(path) === true) return true;
    return basename(path) === metadataFile;
  }

  #watchedPlugins(): Parameters<typeof touchedPlugins>[1] {
    const { view } = this.#host;
    const { scan, generations } = view;
    return {
      ...this.#followed.of(view),
      packages: this.#packages,
      isPlugin: (name) => scan.plugins.has(name),
      usersOf: function* usersOf(file) {
        const mayReplace = placesOf(file);
        for (const [name, { modules }] of generations) {
          if (modules !== undefined && [...modules.files.keys()].some(mayReplace)) yield name;
        }
      },
      failed: () => [...scan.plugins.keys()].filter((name) => this.#host.problemOf(name) !== null),
    };
  }
}

/** Whether a path is in an entry of a plugin directory that begins with a dot: no plugin, but one that is being made. */
function isHidden(path: string, directory: string): boolean {
  return path.startsWith(`${directory}${sep}.`);
}

/**
 * Tests a file: whether it is at a path or, when a folder was moved as a whole, below it; or whether an import that leads
 * to it may lead to that path instead, when it leaves out the extension or `/index`.
 */
function placesOf(path: string): (file: string) => boolean {
  const stem = path.slice(0, path.length - extname(path).length);
  return (file) => isWithin(file, path) || file.startsWith(`${stem}.`) || file.startsWith(`${stem}${sep}index.`);
}

function isSame(left: readonly WatchTarget[], right: readonly WatchTarget[]): boolean {
  return left.length === right.length && left.every(({ path }, index) => path === right[index]?.path);
}

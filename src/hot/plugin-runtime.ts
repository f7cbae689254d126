import { absolutePath } from "../kernel/absolute-path.ts";

/** What tells one hot reload from another: the options of the same name of `loadPlugins`. */
export interface HotReloadPlace {
  readonly pluginDirectory?: string | URL | readonly (string | URL)[] | undefined;
  readonly configPath?: string | URL | undefined;
}

/** The hot reloads of this process, also those of another copy of the package. */
export interface PluginRuntime {
  /** Whether a host with this directory and this config follows the disk. */
  readonly isHotReloadActive: (place: HotReloadPlace) => boolean;
  /** Stops following for every such host, for good: the plugins run on. Returns whether there was one. */
  readonly stopHotReload: (place: HotReloadPlace) => boolean;
  /** Stops all of them. */
  readonly shutdown: () => void;
}

interface Stoppable {
  stop(): void;
}

type Followers = Map<Stoppable, string>;

const registry = globalThis as { [key: symbol]: Followers | undefined };
const followers: Followers = (registry[Symbol.for("plugo.followers")] ??= new Map());

/** The process-wide runtime; always the same one. */
export function getRuntime(): PluginRuntime {
  return runtime;
}

const runtime: PluginRuntime = Object.freeze({
  isHotReloadActive: (place: HotReloadPlace) => [...followers.values()].includes(keyOf(place)),
  stopHotReload: (place: HotReloadPlace) => stopWhere((key) => key === keyOf(place)),
  shutdown: () => void stopWhere(() => true),
});

/** Adds a hot reload, which takes itself out with {@link forgetFollower} when it stops. */
export function rememberFollower(follower: Stoppable, directories: readonly string[], configFile?: string): void {
  followers.set(follower, keyOf({ pluginDirectory: directories, configPath: configFile }));
}

export function forgetFollower(follower: Stoppable): void {
  followers.delete(follower);
}

function stopWhere(isMeant: (key: string) => boolean): boolean {
  const meant = [...followers].filter(([, key]) => isMeant(key));
  for (const [follower] of meant) follower.stop();
  return meant.length > 0;
}

function keyOf({ pluginDirectory = [], configPath }: HotReloadPlace): string {
  const directories = [pluginDirectory]
    .flat()
    .map((path) => absolutePath(path))
    .toSorted();
  return JSON.stringify([directories, configPath === undefined ? null : absolutePath(configPath)]);
}

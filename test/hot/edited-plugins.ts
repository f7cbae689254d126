/**
 * How a plugin's files are. Only `good` ones can be loaded; a bad `metadata` keeps it out of the plan as well. With
 * `missing packages` it asks for a version that the registry does not have.
 */
export type Health = "good" | "syntax error" | "throwing" | "hanging" | "bad metadata" | "missing packages";

/** What is on disk for one plugin. */
export interface PluginOnDisk {
  readonly health: Health;
  /** Another one for each edit of its code. */
  readonly label: number;
  readonly dependencies: readonly string[];
  /** The version of the npm package that it asks for; `null` when it asks for none. */
  readonly packageVersion: string | null;
}

/** Everything on disk. */
export interface Disk {
  readonly plugins: ReadonlyMap<string, PluginOnDisk>;
  readonly disabled: ReadonlySet<string>;
  readonly configs: ReadonlyMap<string, number>;
}

/** What one plugin runs with. */
export interface Running {
  readonly label: number;
  readonly config: number;
  readonly dependencies: readonly string[];
  readonly packageVersion: string | null;
  /** Counts what was put in service for it since the model began. */
  readonly generation: number;
}

export type RunningPlugins = ReadonlyMap<string, Running>;

/**
 * What should run after one edit: the rules of a change in their plainest form, written without plugo's own code.
 *
 * A plugin that is gone or disabled stops, with everything that stands on it. One that is out of date is made anew with
 * everything that stands on it; when one that runs among them cannot be, neither is what it is connected with. What does
 * not run and can, starts.
 */
export function afterEdit(before: RunningPlugins, was: Disk, disk: Disk, edited: ReadonlySet<string>): RunningPlugins {
  const running = new Map(before);
  const isWanted = (name: string, on = disk): boolean => on.plugins.has(name) && !on.disabled.has(name);
  const canBePlanned = (name: string, on = disk): boolean => {
    const plugin = on.plugins.get(name);
    return (
      plugin !== undefined &&
      isWanted(name, on) &&
      plugin.health !== "bad metadata" &&
      plugin.dependencies.every((dependency) => canBePlanned(dependency, on))
    );
  };
  const isGood = (name: string): boolean => canBePlanned(name) && disk.plugins.get(name)?.health === "good";
  const isOutdated = (name: string): boolean => {
    const [now, then] = [disk.plugins.get(name), running.get(name)];
    return (
      now !== undefined &&
      then !== undefined &&
      (now.label !== then.label ||
        now.packageVersion !== then.packageVersion ||
        now.health !== "good" ||
        configOf(name) !== then.config)
    );
  };
  const configOf = (name: string): number => disk.configs.get(name) ?? 0;

  for (let count = -1; count !== running.size;) {
    count = running.size;
    for (const [name, { dependencies }] of running) {
      if (!isWanted(name) || dependencies.some((dependency) => !running.has(dependency))) running.delete(name);
    }
  }

  // What waited for another plugin's metadata is made anew with it.
  const isDue = (name: string): boolean => edited.has(name) || (canBePlanned(name) && !canBePlanned(name, was));
  const group = new Set([...running.keys()].filter((name) => isDue(name) && isOutdated(name)));
  for (let size = -1; size !== group.size;) {
    size = group.size;
    for (const [name, { dependencies }] of running) {
      // Also when only its next version, which could not be brought in so far, would stand on it.
      const next = canBePlanned(name) ? disk.plugins.get(name)!.dependencies : [];
      if ([...dependencies, ...next].some((dependency) => group.has(dependency))) group.add(name);
      if (group.has(name)) for (const dependency of dependencies) if (isOutdated(dependency)) group.add(dependency);
    }
  }

  const put = (name: string): void => {
    const { label, dependencies, packageVersion } = disk.plugins.get(name)!;
    const generation = (before.get(name)?.generation ?? 0) + 1;
    running.set(name, { label, config: configOf(name), dependencies, packageVersion, generation });
  };
  // What only starts does not hold the others up, but the others may need it.
  const startAll = (): void => {
    for (let size = -1; size !== running.size;) {
      size = running.size;
      for (const name of disk.plugins.keys()) {
        const plugin = disk.plugins.get(name)!;
        if (!running.has(name) && isGood(name) && plugin.dependencies.every((other) => running.has(other))) put(name);
      }
    }
  };
  startAll();
  // What fails keeps its old one, and so does what the old one stands on, and what would stand on the new one.
  const next = (name: string): readonly string[] => disk.plugins.get(name)?.dependencies ?? [];
  const kept = new Set([...group].filter((name) => !isGood(name) || !next(name).every((other) => running.has(other))));
  for (const name of kept) {
    for (const dependency of running.get(name)!.dependencies) if (group.has(dependency)) kept.add(dependency);
    for (const dependent of group) if (next(dependent).includes(name)) kept.add(dependent);
  }
  for (const name of group) if (!kept.has(name)) put(name);
  startAll();
  return running;
}

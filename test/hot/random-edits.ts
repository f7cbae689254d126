import assert from "node:assert/strict";
import { existsSync, renameSync } from "node:fs";
import { loadPlugins, type PluginHost } from "@plugo/node";
import { keepLines, type KeptLines } from "../support/load.ts";
import { createFolder, type TestFolder } from "../support/plugin-folder.ts";
import { startRegistry } from "../support/registry.ts";
import { afterEdit, type Disk, type Health, type PluginOnDisk, type RunningPlugins } from "./edited-plugins.ts";

const count = 20;
const healths: readonly Health[] = ["syntax error", "throwing", "hanging", "bad metadata", "missing packages"];
/** Those of the npm package that plugins ask for. */
const packageVersions = ["1.0.0", "2.0.0"];
const names = Array.from({ length: count }, (_, index) => `p${String(index).padStart(2, "0")}`);
/** Where a plugin's folder goes when it is renamed: nobody depends on that name. */
const renamed = (name: string): string => `${name}_r`;

/** The same numbers for the same seed (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Edit {
  readonly what: string;
  readonly edited: ReadonlySet<string>;
}

/** A folder of plugins that is edited at random, with what it holds. */
class EditedFolder {
  readonly folder: TestFolder = createFolder();
  readonly plugins = new Map<string, PluginOnDisk>();
  readonly disabled = new Set<string>();
  readonly configs = new Map<string, number>();
  readonly #random: (below: number) => number;
  #label = 0;

  constructor(random: (below: number) => number) {
    this.#random = random;
    for (const [index, name] of names.entries()) {
      const dependencies = names.slice(0, index).filter(() => random(8) === 0);
      this.#write(name, { health: "good", label: (this.#label += 1), dependencies, packageVersion: null });
    }
    this.#writeConfig();
  }

  /** Makes every plugin one that can be loaded, and wanted, and saves it. */
  heal(): void {
    for (const name of names) {
      if (this.plugins.has(renamed(name))) this.#rename(renamed(name), name);
      const plugin = this.plugins.get(name);
      if (plugin === undefined) this.#restore(name);
      else this.#write(name, { ...plugin, health: "good", label: (this.#label += 1) });
    }
    this.disabled.clear();
    this.#writeConfig();
  }

  get disk(): Disk {
    return { plugins: new Map(this.plugins), disabled: new Set(this.disabled), configs: new Map(this.configs) };
  }

  edit(): Edit {
    const name = names[this.#random(count)]!;
    const plugin = this.plugins.get(name);
    const kind = this.#random(15);
    if (plugin === undefined) {
      if (this.plugins.has(renamed(name))) return this.#rename(renamed(name), name);
      return this.#restore(name);
    }
    if (kind <= 2) {
      const health = plugin.health === "good" ? healths[this.#random(healths.length)]! : "good";
      this.#write(name, { ...plugin, health, label: (this.#label += 1) });
      return { what: `${name} becomes ${health}`, edited: new Set([name]) };
    }
    if (kind === 3) {
      this.plugins.delete(name);
      this.folder.remove(`plugins/${name}`);
      return { what: `delete ${name}`, edited: new Set([name]) };
    }
    if (kind === 4) return this.#rename(name, renamed(name));
    if (kind === 5) {
      const free = names.slice(0, names.indexOf(name)).filter((other) => !plugin.dependencies.includes(other));
      const added = free[this.#random(Math.max(1, free.length))];
      const dependencies = added === undefined ? [] : [...plugin.dependencies.slice(-2), added];
      this.#write(name, { ...plugin, label: (this.#label += 1), dependencies });
      return { what: `${name} depends on ${dependencies.join()}`, edited: new Set([name]) };
    }
    if (kind === 6) {
      if (!this.disabled.delete(name)) this.disabled.add(name);
      this.#writeConfig();
      return { what: `${this.disabled.has(name) ? "disable" : "enable"} ${name}`, edited: new Set([name]) };
    }
    if (kind === 7) {
      this.configs.set(name, (this.#label += 1));
      this.#writeConfig();
      return { what: `configure ${name}`, edited: new Set([name]) };
    }
    if (kind <= 10) return this.#changePackages(name, plugin);
    this.#write(name, { ...plugin, health: "good", label: (this.#label += 1) });
    return { what: `save ${name}`, edited: new Set([name]) };
  }

  #changePackages(name: string, plugin: PluginOnDisk): Edit {
    const versions = [null, ...packageVersions].filter((version) => version !== plugin.packageVersion);
    const packageVersion = versions[this.#random(versions.length)]!;
    // Where the code says the same, package.json is all that changes.
    const isAlone = plugin.packageVersion !== null && packageVersion !== null && plugin.health === "good";
    this.#write(name, {
      ...plugin,
      health: "good",
      label: isAlone ? plugin.label : (this.#label += 1),
      packageVersion,
    });
    return { what: `${name} asks for ${packageVersion ?? "no"} package`, edited: new Set([name]) };
  }

  #restore(name: string): Edit {
    const dependencies = names.slice(0, names.indexOf(name)).filter(() => this.#random(8) === 0);
    const packageVersion = [null, null, ...packageVersions][this.#random(4)]!;
    this.#write(name, { health: "good", label: (this.#label += 1), dependencies, packageVersion });
    return { what: `restore ${name}`, edited: new Set([name]) };
  }

  #rename(from: string, to: string): Edit {
    const plugin = this.plugins.get(from)!;
    this.plugins.delete(from);
    this.plugins.set(to, plugin);
    renameSync(this.folder.at(`plugins/${from}`), this.folder.at(`plugins/${to}`));
    return { what: `rename ${from} to ${to}`, edited: new Set([from, to]) };
  }

  #write(name: string, plugin: PluginOnDisk): void {
    this.plugins.set(name, plugin);
    const { health, label, dependencies, packageVersion } = plugin;
    // The label stands in the metadata as well: then every edit of it is one of content.
    const metadata = { description: String(label), dependencies };
    this.folder.write({
      [`plugins/${name}/metadata.json`]: health === "bad metadata" ? `{ "version": ${label} }` : metadata,
      [`plugins/${name}/label.ts`]: `export const label = ${label};`,
      [`plugins/${name}/plugin.ts`]: codeOf(plugin),
    });
    const version = health === "missing packages" ? "9.0.0" : packageVersion;
    const file = `plugins/${name}/package.json`;
    if (version !== null) this.folder.write({ [file]: { dependencies: { dep: version } } });
    else if (existsSync(this.folder.at(file))) this.folder.remove(file);
  }

  #writeConfig(): void {
    const plugins = names.flatMap((name) => [
      { name, enabled: !this.disabled.has(name), config: { value: this.configs.get(name) ?? 0 } },
      { name: renamed(name), enabled: true },
    ]);
    this.folder.write({ "plugins_config.json": { plugins } });
  }
}

function codeOf({ health, label, packageVersion }: PluginOnDisk): string {
  if (health === "syntax error") return `export function initPlugin( { // ${label}`;
  const body = {
    good: "",
    "bad metadata": "",
    "missing packages": "",
    throwing: `throw new Error("no");`,
    hanging: `return new Promise(() => {});`,
  }[health];
  return `import { label } from "./label.ts"; // ${label}
  ${packageVersion === null ? "const dep = { version: null };" : 'import dep from "dep";'}
  export function initPlugin({ alive }: any, plugin: any) {
    const timer = setInterval(() => {}, 1_000);
    alive.add(timer);
    plugin.defer(() => alive.delete(timer));
    ${body}
    const dependencies = new Map();
    for (const name of plugin.metadata.dependencies) dependencies.set(name, plugin.dependency(name));
    return { label, config: plugin.config.value ?? 0, packageVersion: dep.version, dependencies };
  }`;
}

interface Api {
  readonly label: number;
  readonly config: number;
  readonly packageVersion: string | null;
  readonly dependencies: ReadonlyMap<string, unknown>;
}

/** How many edits are made, from which seed, and how many at a time before it is compared. */
export interface RandomEdits {
  readonly seed: number;
  readonly edits: number;
  readonly burst: number;
}

/**
 * Edits a folder under a running host, and compares after each what runs with the model. A burst does not wait for what
 * the edit before has begun, such as an installation; what it leaves must run when everything is well in the end. Throws
 * where they differ.
 */
export async function editAtRandom({ seed, edits, burst }: RandomEdits): Promise<void> {
  await using registry = await startRegistry();
  for (const version of packageVersions) registry.publish("dep", version);
  const random = randomNumbers(seed);
  const edited = new EditedFolder(random);
  const alive = new Set<unknown>();
  const logger = keepLines();
  const host = await loadPlugins({
    pluginDirectory: edited.folder.at("plugins"),
    configPath: edited.folder.at("plugins_config.json"),
    context: { alive },
    logger,
    env: registry.env(),
    // The fastest: what is tested is when its work is brought in.
    environments: { home: edited.folder.at(".plugo/venvs"), installer: "bun" },
    plugins: [],
    initTimeoutMs: 200,
    hotReload: true,
  });
  const history: string[] = [];
  const refuseFaults = (): void => {
    const faults = logger.lines.filter(
      (line) => line.includes("could not be brought in") || line.includes("PLUGO_INTERNAL"),
    );
    assert.deepEqual(faults, [], `after ${history.slice(-6).join("; ")}`);
  };
  try {
    let disk = edited.disk;
    let model: RunningPlugins = afterEdit(new Map(), disk, disk, new Set(names));
    compare(host, model, history);
    for (let done = 0; done < edits; done += burst) {
      const before = new Map(host.snapshot().plugins.map(({ name, generation }) => [name, generation]));
      for (let edit = 0; edit < burst; edit += 1) {
        const { what, edited: touched } = edited.edit();
        history.push(what);
        if (burst === 1) model = afterEdit(model, disk, edited.disk, touched);
        else if (random(2) === 0) await Promise.race([nextLine(logger), host.settled()]);
        disk = edited.disk;
      }
      await host.settled();
      refuseFaults();
      if (burst === 1) {
        compare(host, model, history);
        compareGenerations(host, before, model, history);
      }
      checkPairs(host, history);
      assert.equal(alive.size, host.loaded.size, `what plugins hold; after ${history.slice(-5).join("; ")}`);
    }
    edited.heal();
    history.push("heal");
    await host.settled();
    refuseFaults();
    compare(host, afterEdit(new Map(), edited.disk, edited.disk, new Set(names)), history);
  } finally {
    await host.close();
    edited.folder[Symbol.dispose]();
  }
  assert.equal(alive.size, 0);
}

/** Resolves when something is logged. */
function nextLine({ lines }: KeptLines): Promise<void> {
  return new Promise((resolve) => {
    const push = lines.push.bind(lines);
    lines.push = (...more) => {
      lines.push = push;
      resolve();
      return push(...more);
    };
  });
}

const generationsOf = new WeakMap<PluginHost, RunningPlugins>();

/** What runs is what the model says: which plugins, made from what. */
function compare(host: PluginHost, model: RunningPlugins, history: readonly string[]): void {
  const actual = [...host.loaded].toSorted().map((name) => {
    const { label, config, packageVersion } = host.get<Api>(name);
    return `${name} ${label} ${config} ${packageVersion}`;
  });
  const expected = [...model]
    .map(([name, { label, config, packageVersion }]) => `${name} ${label} ${config} ${packageVersion}`)
    .toSorted();
  assert.deepEqual(
    actual,
    expected,
    `after ${history.length} edits: ${history.slice(-6).join("; ")}\n${problems(host)}`,
  );
}

function problems(host: PluginHost): string {
  return host
    .snapshot()
    .plugins.filter(({ problem }) => problem !== null)
    .map(({ name, phase, problem }) => `${name} ${phase}: ${problem?.message.slice(0, 200)}`)
    .join("\n");
}

/** Nothing got a new generation but what the model put in service. */
function compareGenerations(
  host: PluginHost,
  before: ReadonlyMap<string, number>,
  model: RunningPlugins,
  history: readonly string[],
): void {
  const last = generationsOf.get(host);
  generationsOf.set(host, model);
  if (last === undefined) return;
  for (const { name, generation } of host.snapshot().plugins) {
    if (generation === 0 || last.get(name) === undefined) continue;
    const isNew = generation !== before.get(name);
    const shouldBeNew: boolean = model.get(name)?.generation !== last.get(name)?.generation;
    assert.equal(isNew, shouldBeNew, `${name} reloaded: ${isNew}; after ${history.slice(-6).join("; ")}`);
  }
}

/** Every plugin in service holds the generations of its dependencies that are in service. */
function checkPairs(host: PluginHost, history: readonly string[]): void {
  for (const name of host.loaded) {
    for (const [dependency, api] of host.get<Api>(name).dependencies) {
      assert.ok(
        host.get(dependency) === api,
        `${name} holds an old ${dependency}; after ${history.slice(-6).join("; ")}`,
      );
    }
  }
}

import type { ConsolidatedRequirements } from "../environments/consolidation/consolidate-plugin-requirements.ts";
import type { PluginSnapshot } from "../host/plugin-host.ts";
import type { PlugoErrorJson } from "../kernel/plugo-error.ts";
import type { Source } from "../sources/source.ts";
import type { Project } from "./project.ts";

/**
 * Where the plan puts a plugin. `ready` will run when the application loads it; the others are the phases of the same
 * name. What an application in another process has made of it is not known to the command.
 */
export type PlannedPhase = "ready" | "disabled" | "blocked" | "failed";

/** What is wrong, and what to do. */
export type ProblemJson = Pick<PlugoErrorJson, "code" | "message" | "remedy" | "plugin">;

/** One plugin, in the output of `plugo list`, `check`, `why` and `graph`. */
export interface PluginJson {
  readonly name: string;
  /** A semver version; `null` when the metadata could not be read. */
  readonly version: string | null;
  readonly phase: PlannedPhase;
  readonly source: Source;
  /** Why it is wanted, or not. */
  readonly reason: string;
  /** Where to change that: `plugins_config.json:4:7`, `ENABLED_PLUGINS`. */
  readonly where: string;
  /** Its folder (an absolute path) or module; `null` when nothing provides it. */
  readonly path: string | null;
  /** The names in its metadata, required ones first. */
  readonly dependencies: readonly string[];
  readonly optionalDependencies: readonly string[];
  /** The plugins that name it as a dependency. */
  readonly dependents: readonly string[];
  readonly problem: PluginSnapshot["problem"];
  /** How long evaluating its files took, in milliseconds; `null` when that was not measured (`--load`) or failed. */
  readonly loadMs: number | null;
}

/** `plugo list --json`, and `plugo graph --json`: every plugin in the order in which they start. */
export interface ListJson {
  readonly project: Project;
  readonly plugins: readonly PluginJson[];
  /** What is wrong and stands at no plugin above: names that nothing provides, contradictions. */
  readonly problems: readonly ProblemJson[];
}

/** `plugo check --json`. */
export interface CheckJson extends ListJson {
  /** Whether every wanted plugin can run, and nothing else is wrong; the exit code is 0 then, else 1. */
  readonly ok: boolean;
  /** What is worth a remark and stops nothing. */
  readonly hints: readonly string[];
}

/** `plugo why <plugin> --json`. */
export interface WhyJson {
  readonly project: Project;
  readonly plugin: PluginJson;
  /** What each source says about it, the one with the last word first. */
  readonly wishes: readonly WishJson[];
  /** The plugins that would not run without it, directly or not. */
  readonly neededBy: readonly string[];
}

/** What one source says about one plugin. */
export interface WishJson {
  readonly source: Source;
  readonly enabled: boolean;
  readonly reason: string;
  readonly where: string;
}

/** `plugo enable <plugin> --json` and `plugo disable <plugin> --json`. */
export interface SwitchJson {
  readonly project: Project;
  /** The file that says so now, an absolute path. */
  readonly configFile: string;
  /** How the plugin stands now. */
  readonly plugin: PluginJson;
  /** The plugins whose phase is another because of it. */
  readonly affected: readonly { readonly name: string; readonly from: PlannedPhase; readonly to: PlannedPhase }[];
}

/** `plugo install --json`. */
export interface InstallJson {
  readonly project: Project;
  /** The folder of the environments, an absolute path. */
  readonly home: string;
  /** Whether every plugin has its packages; the exit code is 0 then, else 1. */
  readonly ok: boolean;
  readonly plugins: readonly InstalledJson[];
}

/** What installing came to for one plugin. */
export interface InstalledJson {
  readonly name: string;
  /** `none` needs no packages; `present` had them already. */
  readonly state: "none" | "present" | "installed" | "failed";
  /** The plugin's environment, an absolute path; `null` when it has none. */
  readonly environment: string | null;
  readonly problem: ProblemJson | null;
}

/** `plugo consolidate --json`. */
export interface ConsolidateJson extends ConsolidatedRequirements {
  readonly project: Project;
}

/** `plugo prune --json`. */
export interface PruneJson {
  /** The folder of the environments, an absolute path. */
  readonly home: string;
  /** What was removed, by absolute paths, with the bytes that its files held. */
  readonly removed: readonly { readonly path: string; readonly bytes: number }[];
}

/** `plugo doctor --json`. */
export interface DoctorJson {
  /** Whether nothing is `bad`; the exit code is 0 then, else 1. */
  readonly ok: boolean;
  readonly findings: readonly FindingJson[];
}

/** One thing that `plugo doctor` has looked at. */
export interface FindingJson {
  readonly topic: "node" | "plugins" | "copies" | "watching" | "cache" | "environments" | "speed";
  readonly state: "good" | "notable" | "bad";
  readonly message: string;
  /** What to do; `null` when there is nothing to do. */
  readonly remedy: string | null;
}

/** `plugo new-…-plugin --json`. */
export interface NewPluginJson {
  /** The folder that was made, an absolute path. */
  readonly folder: string;
  /** The plugin's name: its folder's. */
  readonly name: string;
  readonly kind: "base" | "ui" | "api";
  readonly framework: Framework;
  /** The files in it, relative to it. */
  readonly files: readonly string[];
  /** What to do next, in order. */
  readonly next: readonly string[];
}

/** `plugo new-app --json`. */
export interface NewAppJson {
  /** The folder that was made, an absolute path. */
  readonly folder: string;
  readonly name: string;
  readonly framework: Framework;
  readonly files: readonly string[];
  /** Whether its packages are installed. */
  readonly installed: boolean;
  readonly next: readonly string[];
}

export type Framework = "express" | "fastify" | "hono";

/** What every command prints with `--json` when it cannot do what it was asked for; the exit code is not 0 then. */
export interface FailureJson {
  readonly error: ProblemJson;
}

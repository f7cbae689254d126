import { resolve } from "node:path";
import type { EnvironmentSettings } from "../environments/environment-settings.ts";
import { expectOption, isObject, refuseUnknown } from "../kernel/check-option.ts";
import type { Logger } from "../kernel/logger.ts";
import { booleanVariable, type EnvironmentVariables } from "../sources/read-environment-variables.ts";
import type { EnvironmentOptions, LoadPluginsOptions } from "./load-plugins-options.ts";

/** What the options of environments depend on. */
interface Surroundings {
  /** Kept as it is. */
  readonly env: EnvironmentVariables;
  readonly logger: Pick<Logger, "warn">;
  /** See {@link EnvironmentSettings.hostFolder}. */
  readonly hostFolder: string;
}

/** Checks how plugins get their npm dependencies, and fills in the defaults. @throws PlugoError `PLUGO_OPTION_…`. */
export function resolveEnvironmentOptions(
  given: LoadPluginsOptions["environments"],
  { env, logger, hostFolder }: Surroundings,
): EnvironmentSettings {
  const isSwitch = given === undefined || typeof given === "boolean";
  expectOption("environments", "a boolean or an object", given, isSwitch || isObject(given));
  const options: EnvironmentOptions = isSwitch ? {} : given;
  for (const option of Object.keys(options)) refuseUnknown(option, known, { prefix: "environments." });
  const { home, installer = "npm", frozen = false, offline = false, allowScripts = [] } = options;
  const expect = (option: string, expected: string, value: unknown, isMet: boolean): void =>
    expectOption(`environments.${option}`, expected, value, isMet);
  expect("home", "a path", home, home === undefined || (typeof home === "string" && home !== ""));
  expect("installer", `"npm", "pnpm" or "bun"`, installer, ["npm", "pnpm", "bun"].includes(installer));
  expect("frozen", "a boolean", frozen, typeof frozen === "boolean");
  expect("offline", "a boolean", offline, typeof offline === "boolean");
  expect("allowScripts", "an array of package names", allowScripts, isTextList(allowScripts));
  const isIsolated = isSwitch ? (given ?? booleanVariable(env, "PLUGO_USE_VENVS", true, logger)) : true;
  return {
    mode: isIsolated ? "isolated" : "host",
    home: resolve(home ?? (variable(env, "PLUGO_VENV_HOME") || variable(env, "VENV_HOME") || defaultHome)),
    installer,
    frozen,
    offline,
    allowScripts: [...allowScripts],
    showsOutput: booleanVariable(env, "PLUGO_SHOW_SUBPROCESS_OUTPUT", false, logger),
    hostFolder,
    env,
  };
}

const known: Readonly<Record<keyof EnvironmentOptions, true>> = {
  home: true,
  installer: true,
  frozen: true,
  offline: true,
  allowScripts: true,
};

const defaultHome = ".plugo/venvs";

function variable(env: EnvironmentVariables, name: string): string {
  return env[name]?.trim() ?? "";
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

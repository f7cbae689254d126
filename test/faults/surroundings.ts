import assert from "node:assert/strict";
import type { LoadPluginsOptions, PlugoError, PluginHost } from "@plugo/node";
import { keepLines, loadFrom, phases, type KeptLines } from "../support/load.ts";
import { createFolder, plugin, type Files, type TestFolder } from "../support/plugin-folder.ts";

/** A plugin that does nothing. */
export const idle = `export function initPlugin() {}`;

/** A fault of the plugin "broken", and what plugo has to say about it. */
export interface Fault {
  /** The files of the broken plugin, and of what else the fault needs. */
  readonly files: Files;
  readonly options?: LoadPluginsOptions | ((folder: TestFolder) => LoadPluginsOptions);
  readonly code: string;
  readonly phase?: "failed" | "blocked";
  /** What the message has to hold; `%` stands for the test's folder. */
  readonly says: readonly (string | RegExp)[];
  /** What the remedy has to hold: an action. */
  readonly remedy: string | RegExp;
  /** What the dependent's message has to hold beside "dependent needs broken". Default: what `says` begins with. */
  readonly chain?: string;
  /** The code of the dependent's own problem. */
  readonly dependentCode?: string;
}

/** The files of the broken plugin. */
export function broken(code: string = idle, metadata: object | string = {}): Files {
  return { "broken/metadata.json": metadata, "broken/plugin.ts": code };
}

/** A config that lists these, all of them enabled but those that say otherwise. */
export function configOf(entries: readonly (string | object)[]): object {
  return { plugins: entries.map((entry) => (typeof entry === "string" ? { name: entry, enabled: true } : entry)) };
}

export const everybody = ["ahead", "broken", "dependent", "standing"];

/**
 * Loads a faulty plugin beside two healthy ones (one that starts before it, one after) and a dependent, and checks that
 * the fault stays where it is and is told once, by name, place, cause and remedy.
 */
export async function checkFault(fault: Fault): Promise<void> {
  using folder = createFolder({
    ...plugin("ahead", idle, { version: "1.0.0" }),
    ...plugin("dependent", idle, { dependencies: ["broken"] }),
    ...plugin("standing", idle),
    ...fault.files,
  });
  const logger = keepLines();
  const options = typeof fault.options === "function" ? fault.options(folder) : fault.options;
  await using host = await loadFrom(folder, { logger, ...options });

  const { ahead, broken: own, dependent, standing } = phases(host);
  assert.deepEqual(
    { ahead, broken: own, dependent, standing },
    { ahead: "active", broken: fault.phase ?? "failed", dependent: "blocked", standing: "active" },
  );
  const problem = onlyProblemOf(host, "broken");
  assert.equal(problem.code, fault.code);
  for (const part of fault.says) assertHolds(problem.message, part, folder);
  assertHolds(problem.remedy, fault.remedy, folder);

  const blocked = onlyProblemOf(host, "dependent");
  assert.equal(blocked.code, fault.dependentCode ?? "PLUGO_DEPENDENCY_FAILED");
  assert.match(blocked.message, /^dependent needs broken, broken /);
  assertHolds(blocked.message, fault.chain ?? fault.says[0] ?? "", folder);

  for (const each of [problem, blocked]) assertWellTold(each, host, logger);
  const others = new Set(host.report.problems.map((each) => each.plugin));
  const errors = logger.lines.filter((line) => line.startsWith("error "));
  assert.equal(errors.length, others.size, `one error line for each: ${errors.join("\n")}`);
}

/** The one problem that the report has of a plugin. */
export function onlyProblemOf(host: PluginHost, name: string): PlugoError {
  const [problem, ...more] = host.report.problems.filter((each) => each.plugin === name);
  assert.deepEqual(more, [], `one problem of "${name}"`);
  return problem ?? assert.fail(`no problem of "${name}"`);
}

/** One log entry, which names the plugin and the reason on its first line, and a remedy that says what to do. */
export function assertWellTold(problem: PlugoError, host: PluginHost, { lines }: KeptLines): void {
  const [entry, ...more] = lines.filter((line) => line.startsWith(`error [${problem.plugin}] `));
  assert.deepEqual(more, [], "one entry");
  assert.ok(entry !== undefined, `an entry for ${problem.plugin} in:\n${lines.join("\n")}`);
  assert.equal(entry.split("\n")[0], `error [${problem.plugin}] ${problem.message.split("\n")[0]}`);
  assert.ok(entry.endsWith(`\n    → ${problem.remedy} (${problem.code})`), entry);
  assert.doesNotMatch(
    entry,
    /unknown reason|\[object |\bNaN\b|\bundefined\b(?! was thrown| \(reading)|dist\/(?:engine|host|kernel)/i,
  );
  assert.doesNotMatch(entry, /(?<!failed: )TypeError/);
  assert.match(problem.remedy, action);
  const shown = host.snapshot().plugins.find(({ name }) => name === problem.plugin)?.problem;
  assert.deepEqual(shown, { code: problem.code, message: problem.message, remedy: problem.remedy });
}

/** A remedy begins with what to do. */
const action =
  /^(?:Add|Call|Correct|Create|Enable|Export|Install|It worked before|Keep|Look|Mend|Move|Remove|Rename|Replace|Rewrite|Run|Throw|Use|Write) /;

function assertHolds(text: string, part: string | RegExp, folder: TestFolder): void {
  if (typeof part === "string") {
    const expected = part.replaceAll("%", folder.path);
    assert.ok(text.includes(expected), `${JSON.stringify(expected)} is in:\n${text}`);
  } else {
    assert.match(text, part);
  }
}

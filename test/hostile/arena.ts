import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { isPlugoError, loadPlugins, type LoadPluginsOptions, type PlugoError, type PluginHost } from "@plugo/node";
import { createConsoleLogger } from "#src/kernel/logger.js";
import { createFolder, plugin, type Files, type TestFolder } from "../support/plugin-folder.ts";

/** What became of hostile input: a host that runs the healthy plugin, or the one error that loadPlugins may reject with. */
export type Outcome = { readonly host: PluginHost } | { readonly rejected: PlugoError };

export interface Attack {
  /** Beside the healthy plugin, in the folder of the plugins (or above it, with `../`). */
  readonly files?: Files;
  /** Makes what files alone cannot be: links, pipes, permissions. */
  readonly prepare?: (folder: TestFolder) => void;
  readonly options?: LoadPluginsOptions | ((folder: TestFolder) => LoadPluginsOptions);
  /** What else must hold while the host runs. */
  readonly check?: (outcome: Outcome, folder: TestFolder) => void | Promise<void>;
  /** Whether the host's own mistake may make loadPlugins reject. Default: it must not. */
  readonly mayReject?: boolean;
}

const canaryText = "CANARY-was-touched";
const canaryKey = "plugoCanary";
const deadlineMs = 5_000;

/** The plugin that has to run whatever stands beside it. */
export const healthy: Files = plugin("healthy", `export const initPlugin = () => ({ ok: true });`);

/** Outside the plugin directory: whoever reads or runs one of these gives itself away. */
const canaries: Files = Object.fromEntries(
  ["canary", "etc", "constructor"].flatMap((name) => [
    [`${name}/metadata.json`, { description: canaryText, version: "6.6.6" }],
    [`${name}/plugin.ts`, `(globalThis as any).${canaryKey} = true; export function initPlugin() {}`],
    [`${name}/plugin.js`, `globalThis.${canaryKey} = true; exports.initPlugin = () => {};`],
  ]),
);

/**
 * Loads plugins beside a healthy one and holds what hostile input must never break: nothing but a PlugoError gets out,
 * nothing hangs, the healthy plugin runs, no file outside the plugin directory is touched, no prototype is changed, no
 * control character reaches the terminal.
 */
export async function survive(attack: Attack): Promise<void> {
  using root = createFolder(canaries);
  using folder = within(root, { ...healthy, ...attack.files });
  attack.prepare?.(folder);
  const prototypes = fingerprint();
  const terminal = createTerminal();
  const options = typeof attack.options === "function" ? attack.options(folder) : attack.options;
  const startTime = performance.now();
  const loading = loadPlugins({
    pluginDirectory: folder.path,
    logger: createConsoleLogger(terminal.stream),
    env: {},
    plugins: [],
    initTimeoutMs: 200,
    disposeTimeoutMs: 200,
    ...options,
  });
  const outcome: Outcome = await inTime(loading.then(asHost, asRejection), "loadPlugins");
  // What lets no timer fire is no better than what waits.
  assert.ok(performance.now() - startTime < deadlineMs, "loadPlugins takes too long");
  try {
    if ("rejected" in outcome) {
      assert.equal(attack.mayReject, true, `rejected: ${outcome.rejected.code} ${outcome.rejected.message}`);
    } else {
      assert.deepEqual(outcome.host.get("healthy"), { ok: true });
      for (const problem of outcome.host.report.problems) assertPresentable(problem);
      const snapshot = JSON.stringify(outcome.host.snapshot());
      assert.ok(!snapshot.includes(canaryText) && !snapshot.includes("6.6.6"), "the canary was read");
    }
    await attack.check?.(outcome, folder);
  } finally {
    if ("host" in outcome) await inTime(outcome.host.close(), "close");
  }
  assert.equal((globalThis as Record<string, unknown>)[canaryKey], undefined, "the canary ran");
  assert.ok(!terminal.text().includes(canaryText), "the canary was read");
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(terminal.text(), /[\0-\u0008\u000B-\u001F\u007F-\u009F\u202E]/, "control characters");
  assert.deepEqual(fingerprint(), prototypes);
}

/** What fails unless the promise settles in time. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: `${what} hangs` })), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a person reads of a problem has to say something, in whole sentences and at a length that can be read. */
export function assertPresentable(problem: unknown): void {
  assert.ok(isPlugoError(problem));
  const { code, message, remedy } = problem;
  assert.match(code, /^PLUGO_[A-Z_]+$/);
  assert.doesNotMatch(message, /unknown reason|\[object /i);
  assert.doesNotMatch(message, /^TypeError/);
  assert.match(remedy, /^[A-Z`"].*\S/);
  assert.ok(message.length < 20_000, `${message.length} characters`);
  JSON.stringify(problem);
}

function asHost(host: PluginHost): Outcome {
  return { host };
}

function asRejection(error: unknown): Outcome {
  if (!isPlugoError(error)) throw new assert.AssertionError({ message: `a raw exception got out: ${describe(error)}` });
  assertPresentable(error);
  return { rejected: error };
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } catch {
    return "one that cannot be shown";
  }
}

function within(root: TestFolder, files: Files): TestFolder {
  const folder: TestFolder = {
    path: root.at("plugins"),
    at: (file) => root.at(`plugins/${file}`),
    write: (more) =>
      root.write(Object.fromEntries(Object.entries(more).map(([file, content]) => [`plugins/${file}`, content]))),
    remove: (file) => root.remove(`plugins/${file}`),
    [Symbol.dispose]: () => {},
  };
  folder.write(files);
  return folder;
}

/** A terminal that keeps what is written, without the colours of the default logger's own labels. */
function createTerminal(): { readonly stream: NodeJS.WriteStream; readonly text: () => string } {
  let text = "";
  const stream = Object.assign(new EventEmitter(), {
    isTTY: true,
    write: (chunk: string): boolean => {
      // oxlint-disable-next-line no-control-regex -- the label's own colour
      text += chunk.replace(/^([\d:.]+ )\u001B\[\d+m(\w+ *)\u001B\[39m/, "$1$2");
      return true;
    },
  }) as unknown as NodeJS.WriteStream;
  return { stream, text: () => text };
}

function fingerprint(): readonly string[] {
  return [Object, Array, Function, String, Map, Promise, Error].flatMap((builtin) =>
    Reflect.ownKeys(builtin.prototype).map((key) => `${builtin.name}.${String(key)}`),
  );
}

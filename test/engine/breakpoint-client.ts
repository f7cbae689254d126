// Between threads there are no origins.
/* oxlint-disable unicorn/require-post-message-target-origin */
import { type Debugger, Session } from "node:inspector/promises";
import { SourceMap } from "node:module";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";

/** What a debugger saw. */
export interface ClientReport {
  /** Where it stopped: the function, and the line in the source. */
  readonly stops: readonly string[];
  /** How often the file was evaluated. */
  readonly scripts: number;
}

// A debugger of the main thread, which must live in another: it sets a breakpoint by a line of the source, as editors do.
const sourceLine = 8;
const url = pathToFileURL(workerData as string).href;
const stops: string[] = [];
let scripts = 0;
let newest: Debugger.ScriptParsedEventDataType | undefined;
let parsed = (): void => {};
const firstScript = new Promise<void>((resolve) => {
  parsed = resolve;
});

let resumed: Promise<unknown> = Promise.resolve();
const session = new Session();
(session as unknown as { connectToMainThread(): void }).connectToMainThread();
session.on("Debugger.scriptParsed", ({ params }) => {
  if (params.url !== url) return;
  scripts += 1;
  newest = params;
  parsed();
});
session.on("Debugger.paused", ({ params }) => {
  const [frame] = params.callFrames;
  if (frame === undefined) return;
  const { lineNumber, columnNumber = 0 } = frame.location;
  const original = sourceMap().findEntry(lineNumber, columnNumber) as { originalLine: number };
  stops.push(`${frame.functionName}:${original.originalLine + 1}`);
  resumed = session.post("Debugger.resume");
});
// Also keeps this thread running while the other one is waited for.
parentPort?.on("message", (message) => {
  if (message === "set") {
    void setBreakpoint();
  } else {
    void end();
  }
});
await session.post("Debugger.enable");
parentPort?.postMessage("ready");

async function end(): Promise<void> {
  // The answer to the last one may still be on its way.
  await resumed;
  session.disconnect();
  parentPort?.postMessage({ stops, scripts } satisfies ClientReport);
}

async function setBreakpoint(): Promise<void> {
  await firstScript;
  const map = sourceMap();
  let lineNumber = 0;
  while ((map.findEntry(lineNumber, 4) as { originalLine?: number }).originalLine !== sourceLine - 1) lineNumber += 1;
  await session.post("Debugger.setBreakpointByUrl", { url, lineNumber });
  parentPort?.postMessage("set");
}

function sourceMap(): SourceMap {
  const [, encoded = ""] = (newest?.sourceMapURL ?? "").split("base64,");
  return new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString()));
}

import { LiveLines } from "../kernel/live-lines.ts";
import { printable } from "../kernel/printable.ts";

/** Where a command writes, and whom it can ask. */
export interface Terminal {
  /** What was asked for, line by line. Control characters that are not plugo's own do not get through. */
  readonly print: (text: string) => void;
  /** What is to be said beside it, on standard error. */
  readonly note: (text: string) => void;
  /**
   * What is under way, on standard error: on a terminal with the seconds that it has taken, in a line that goes when the
   * returned function is called.
   */
  readonly progress: (text: string) => () => void;
  /** A value for scripts, as JSON. */
  readonly printJson: (value: unknown) => void;
  /** Text as it is, such as a picture. */
  readonly printRaw: (text: string) => void;
  /** Marks text of a line that is printed. */
  readonly paint: Paint;
  /** How wide it is; `undefined` where lines go elsewhere, and stay whole. */
  readonly columns: number | undefined;
  /** Whether somebody can answer questions. */
  readonly isInteractive: boolean;
}

export type Paint = (style: Style, text: string) => string;
export type Style = keyof typeof styles;

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** The terminal of this process: colours only where one is, and never with `NO_COLOR`. */
export function processTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  const { stdin, stdout, stderr } = process;
  // Who has read enough, as `head` has, closes the pipe.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  const isColoured = stdout.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return {
    print: (text) => void stdout.write(`${safe(text)}\n`),
    note: (text) => void stderr.write(`${safe(text)}\n`),
    progress: (text) => {
      if (stderr.isTTY) return showProgress(safe(text));
      stderr.write(`${safe(text)}\n`);
      return () => {};
    },
    printJson: (value) => void stdout.write(`${JSON.stringify(value, undefined, 2)}\n`),
    printRaw: (text) => void stdout.write(text),
    paint: isColoured ? (style, text) => `${open}${styles[style]}${middle}${text}${open}0${middle}` : (_, text) => text,
    columns: stdout.isTTY ? stdout.columns : undefined,
    isInteractive: stdin.isTTY && stdout.isTTY && (env["CI"] ?? "") === "",
  };
}

function showProgress(text: string): () => void {
  const live = new LiveLines(process.stderr);
  const startTime = performance.now();
  live.set(text, () => `${text} ${Math.floor((performance.now() - startTime) / 1000)} s`);
  return () => live.delete(text);
}

// Stand for escape sequences until everything else of that kind is gone: no name in a file has these characters.
const open = "\uE000";
const middle = "\uE001";

function safe(text: string): string {
  return printable(text)
    .replaceAll(/\uE000(\d+)\uE001/g, "\u001B[$1m")
    .replaceAll(/[\uE000\uE001]/g, "");
}

import { util } from "./lazy-require.ts";
import { LiveLines } from "./live-lines.ts";
import { printable } from "./printable.ts";

/**
 * Where plugo writes its lines, one fact each. `console`, pino and winston loggers fit as they are.
 * A logger that throws is the host's own fault and is not guarded against.
 */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

type Level = "info" | "warn" | "error";

const colours = { info: "green", warn: "yellow", error: "red" } as const satisfies Record<Level, string>;

/** The default logger. */
export interface ConsoleLogger extends Logger {
  /** What is under way, on a terminal; `undefined` elsewhere. */
  readonly live: LiveLines | undefined;
}

/**
 * The default logger: one line per fact on standard error, `info` and above, colour only on a terminal
 * (and never with `NO_COLOR`).
 */
export function createConsoleLogger(stream: NodeJS.WriteStream = process.stderr): ConsoleLogger {
  const coloured = stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
  const live = stream.isTTY === true ? new LiveLines(stream) : undefined;
  const write = (level: Level, message: string): void => {
    const time = new Date().toISOString().slice(11, 23);
    const label = level.padEnd(5);
    const shown = coloured ? util().styleText(colours[level], label) : label;
    const line = `${time} ${shown} plugo ${printable(message)}\n`;
    if (live === undefined) stream.write(line);
    else live.writeAbove(line);
  };
  return {
    debug: () => {},
    info: (message) => write("info", message),
    warn: (message) => write("warn", message),
    error: (message) => write("error", message),
    live,
  };
}

/** The lines of what is under way, when this logger has a terminal. */
export function liveLinesOf(logger: Logger): LiveLines | undefined {
  return "live" in logger && logger.live instanceof LiveLines ? logger.live : undefined;
}

/** A view of `logger` that puts a plugin's name before each line. */
export function prefixedLogger(logger: Logger, name: string): Logger {
  return {
    debug: (message) => logger.debug(`[${name}] ${message}`),
    info: (message) => logger.info(`[${name}] ${message}`),
    warn: (message) => logger.warn(`[${name}] ${message}`),
    error: (message) => logger.error(`[${name}] ${message}`),
  };
}

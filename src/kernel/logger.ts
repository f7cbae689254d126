import { util } from "./lazy-require.ts";
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

/**
 * The default logger: one line per fact on standard error, `info` and above, colour only on a terminal
 * (and never with `NO_COLOR`).
 */
export function createConsoleLogger(stream: NodeJS.WriteStream = process.stderr): Logger {
  const coloured = stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
  const write = (level: Level, message: string): void => {
    const time = new Date().toISOString().slice(11, 23);
    const label = level.padEnd(5);
    stream.write(`${time} ${coloured ? util().styleText(colours[level], label) : label} plugo ${printable(message)}\n`);
  };
  return {
    debug: () => {},
    info: (message) => write("info", message),
    warn: (message) => write("warn", message),
    error: (message) => write("error", message),
  };
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

import type { Terminal } from "#src/cli/terminal.js";

/** Writes nothing, and nobody is there to be asked. */
export const silentTerminal: Terminal = {
  print: () => {},
  note: () => {},
  progress: () => () => {},
  printJson: () => {},
  printRaw: () => {},
  paint: (_, text) => text,
  columns: undefined,
  isInteractive: false,
};

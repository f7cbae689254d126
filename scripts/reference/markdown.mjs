/** Pieces of Markdown that the pages of the reference share. */

const generated = "<!-- Written by `npm run docs:reference`; change what it is made from instead. -->";

/** A page: its title, what it is for in one line, and its parts. */
export function page(title, purpose, ...parts) {
  return `${[generated, `# ${title}`, purpose, ...parts].join("\n\n")}\n`;
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.map(inCell).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

/** Plain text, with everything taken out of effect that Markdown would read as a mark. */
export function plain(text) {
  return text.replaceAll(/[\\`*<>[\]|]/g, (mark) => `\\${mark}`).replaceAll(/(^|\W)_|_(?=\W|$)/g, "$1\\_");
}

/** A code span, for any text of one line. */
export function code(text) {
  const fence = "`".repeat(1 + Math.max(0, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length)));
  const room = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${room}${text}${room}${fence}`;
}

function inCell(text) {
  return text.replaceAll(/\\?\|/g, "\\|").replaceAll("\n", " ");
}

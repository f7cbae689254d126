/** Below this, lines would be of one word each: the terminal may break them. */
const minWidth = 16;

/**
 * Text in lines that fit beside what stands before them, indented as that is.
 *
 * @param indent How many columns stand before the first line.
 * @param columns How many the terminal has; `undefined` where none is: then the text stays on one line.
 */
export function wrapText(text: string, indent: number, columns: number | undefined): string {
  const width = (columns ?? Number.POSITIVE_INFINITY) - indent;
  if (text.length <= width || width < minWidth) return text;
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}

/**
 * Where the items of the root's `"plugins"` list start in a text that is known to be JSON of that shape. Places are
 * needed at every start, a full parser with places would take longer to load than to run.
 */
export function pluginEntryOffsets(text: string): readonly number[] {
  let offsets: number[] = [];
  let depth = 0;
  let key = "";
  let inList = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const end = endOfString(text, at);
        if (depth === 1) key = text.slice(at, end + 1);
        at = end;
        break;
      }
      case openBrace:
      case openBracket:
        // A value that is a string at depth 1 was taken for a key; the next key replaces it.
        if (depth === 1 && text.charCodeAt(at) === openBracket && JSON.parse(key) === "plugins") {
          // JSON.parse takes the last of several properties with one name.
          offsets = [];
          inList = true;
        } else if (depth === 2 && inList) {
          offsets.push(at);
        }
        depth += 1;
        break;
      case closeBrace:
      case closeBracket:
        depth -= 1;
        if (depth === 1) inList = false;
        break;
    }
  }
  return offsets;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** The offset of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === backslash) before -= 1;
  return (at - 1 - before) % 2 === 1;
}

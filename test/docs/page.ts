import { readFileSync } from "node:fs";
import path from "node:path";
import { lexer, walkTokens, type Token, type Tokens } from "marked";

/** The root folder of the checkout. */
export const root: string = path.resolve(import.meta.dirname, "../../..");

/** A block of code of a page. */
export interface Block {
  /** What stands above it in backquotes: the file that it is, or the command whose output it is. */
  readonly label: string | undefined;
  readonly language: string;
  readonly text: string;
}

/** A page of Markdown. */
export interface Page {
  /** Relative to the root. */
  readonly file: string;
  /** In the order of the page. */
  readonly blocks: readonly Block[];
  /** The short pieces of code within the text. */
  readonly codeSpans: readonly string[];
  /** The first text below the title. */
  readonly purpose: string;
}

/** A command as a label writes it. */
export interface Command {
  readonly env: Readonly<Record<string, string>>;
  /** What Node.js is called with. */
  readonly args: readonly string[];
}

export function readPage(file: string): Page {
  const tokens = lexer(readFileSync(path.join(root, file), "utf8").replaceAll("\r\n", "\n"));
  const blocks: Block[] = [];
  const codeSpans: string[] = [];
  void walkTokens(tokens, (token) => {
    if (token.type === "codespan") codeSpans.push((token as Tokens.Codespan).text);
    if (token.type === "code") blocks.push(blockOf(token as Tokens.Code, tokens));
  });
  const paragraph = tokens.find(({ type }) => type === "paragraph") as Tokens.Paragraph | undefined;
  return { file, blocks, codeSpans, purpose: paragraph?.text ?? "" };
}

function blockOf(token: Tokens.Code, tokens: readonly Token[]): Block {
  const before = tokens.slice(0, Math.max(0, tokens.indexOf(token))).findLast(({ type }) => type !== "space");
  const line = before?.type === "paragraph" ? (before as Tokens.Paragraph).tokens : [];
  const [only] = line;
  const label = line.length === 1 && only?.type === "codespan" ? (only as Tokens.Codespan).text : undefined;
  return { label, language: token.lang ?? "", text: `${token.text}\n` };
}

/** The program of the command `plugo`. */
export const plugo: string = path.join(root, "dist", "cli", "bin.js");

/** `node app.js`, `npx @plugo/node list`, with `NAME=value` before them; `undefined` for the name of a file. */
export function commandOf(label: string): Command | undefined {
  const words = label.split(" ");
  const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const env = Object.fromEntries(words.slice(0, start).map((word) => word.split("=", 2) as [string, string]));
  const [program, first, ...more] = words.slice(start);
  if (program === "node" && first !== undefined) return { env, args: [first, ...more] };
  return program === "npx" && first === "@plugo/node" ? { env, args: [plugo, ...more] } : undefined;
}

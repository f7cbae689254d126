/** Reads a docstring: TSDoc as far as this project writes it. */
import { StepError } from "../process.mjs";

/** @param links What `{@link …}` can lead to on the page, by name, as Markdown. */
export function readDocComment(comment, links) {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*(?:\/\*\*|\*\/|\* ?)/, "").replace(/\s*\*\/$/, ""));
  const [first, ...rest] = lines.join("\n").split(/^@(?=\w)/m);
  const blocks = rest.map((block) => ({ tag: /^\w+/.exec(block)[0], text: block.replace(/^\w+\s*/, "") }));
  const unknown = blocks.find(({ tag }) => !tags.has(tag));
  if (unknown !== undefined) throw new StepError(`docs/reference cannot show @${unknown.tag}.`);
  const texts = (wanted) => blocks.filter(({ tag }) => tag === wanted).map(({ text }) => text);
  return {
    summary: prose(first, links),
    parameters: texts("param").map((text) => parameter(text, links)),
    returns: texts("returns").map((text) => prose(text, links)),
    throws: texts("throws").map((text) => prose(text, links)),
    examples: texts("example").map(example),
  };
}

const tags = new Set(["param", "returns", "throws", "example", "public"]);

/** A line of Markdown: the name, and what is said of it. */
function parameter(text, links) {
  return text
    .trim()
    .replace(/^(\w+)\s*-?\s*([^]*)$/, (_, name, description) => `\`${name}\`: ${prose(description, links)}`);
}

/** A fence in the docstring keeps the indentation. */
function example(text) {
  return /^```\w*\n([^]*?)\n```/.exec(text.trim())?.[1] ?? text.trim();
}

function prose(text, links) {
  return text.trim().replaceAll(/\{@link (\w+)\}/g, (_, name) => links.get(name) ?? `\`${name}\``);
}

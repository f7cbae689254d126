/** `api/*.md`: one page for each import of the package, from the docstrings and signatures as API Extractor sees them. */
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Extractor } from "@microsoft/api-extractor";
import GithubSlugger from "github-slugger";
import { apiEntries, extractorConfig } from "../api-entries.mjs";
import { root } from "../process.mjs";
import { readDocComment } from "./doc-comment.mjs";
import { code, page } from "./markdown.mjs";

const groups = [
  { heading: "Functions", kind: "Function" },
  { heading: "Classes", kind: "Class" },
  { heading: "Values", kind: "Variable" },
  { heading: "Interfaces", kind: "Interface" },
  { heading: "Types", kind: "TypeAlias" },
];

export function apiPages() {
  return apiEntries().map((entry) => [`api/${entry.name}.md`, apiPage(entry)]);
}

function apiPage(entry) {
  const members = readMembers(entry);
  const sections = groups
    .map(({ heading, kind }) => ({ heading, own: members.filter((member) => member.kind === kind) }))
    .filter(({ own }) => own.length > 0);
  const links = linksTo(entry.specifier, sections);
  const contents = sections.map(
    ({ heading, own }) => `- ${heading}: ${own.map(({ name }) => links.get(name)).join(", ")}`,
  );
  return page(
    entry.specifier,
    `Look up what the import \`${entry.specifier}\` gives.`,
    contents.join("\n"),
    ...sections.flatMap(({ heading, own }) => [`## ${heading}`, ...own.map((member) => describe(member, links))]),
  );
}

function readMembers(entry) {
  const file = path.join(root, "build", "docs", `${entry.name}.api.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  const config = extractorConfig(entry, (settings) => {
    settings.apiReport.enabled = false;
    settings.docModel = { enabled: true, apiJsonFilePath: file };
  });
  // What it finds fault with is said by `npm run api`.
  Extractor.invoke(config, { localBuild: true, messageCallback: (message) => void (message.logLevel = "none") });
  return JSON.parse(readFileSync(file, "utf8")).members[0].members;
}

function describe(member, links) {
  const { summary, parameters, returns, throws, examples } = readDocComment(member.docComment, links);
  return [
    `### ${member.name}`,
    summary,
    `\`\`\`ts\n${signature(member)}\n\`\`\``,
    list(parameters),
    ...returns.map((text) => `**Returns** ${text}`),
    ...throws.map((text) => `**Throws** ${text}`),
    ...examples.map((example) => `For example:\n\n\`\`\`ts\n${example}\n\`\`\``),
    list((member.members ?? []).filter(hasMeaning).map((each) => item(each, links))),
    uses(member, links),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** A constructor that nobody has described is in the signature of its class. */
function hasMeaning({ kind, docComment }) {
  return kind !== "Constructor" || !docComment.includes("Constructs a new instance of");
}

function item(member, links) {
  const { summary, parameters, returns, throws } = readDocComment(member.docComment, links);
  const type = signature(member)
    .replace(/^readonly /, "")
    .replace(/;$/, "")
    .replaceAll(/\s*\n\s*/g, " ");
  const texts = [
    summary,
    ...parameters,
    ...returns.map((text) => `**Returns** ${text}`),
    ...throws.map((text) => `**Throws** ${text}`),
  ].filter((text) => text !== "");
  return [code(type), ...texts].join("\n\n").replaceAll("\n", "\n  ").replaceAll(/^ +$/gm, "");
}

function list(items) {
  return items.map((text) => `- ${text}`).join("\n");
}

function signature({ excerptTokens, kind, members = [] }) {
  const text = excerptTokens.map((token) => token.text).join("");
  const plain = text.replace(/^export (?:declare )?/, "").trim();
  if (kind !== "Class") return plain;
  const constructor = members.find((member) => member.kind === "Constructor");
  return constructor === undefined ? plain : `${plain} {\n  ${signature(constructor)}\n}`;
}

/** The names of this page in a signature, and in those of its members. */
function uses(member, links) {
  const tokens = [member, ...(member.members ?? [])].flatMap(({ excerptTokens }) => excerptTokens);
  const used = new Set(tokens.filter(({ kind }) => kind === "Reference").map(({ text }) => text));
  const shown = [...used].filter((name) => links.has(name) && name !== member.name).toSorted(byName);
  return shown.length === 0 ? "" : `See ${shown.map((name) => links.get(name)).join(", ")}.`;
}

function byName(a, b) {
  return a < b ? -1 : 1;
}

/** By name. Two names that differ only by case have anchors that differ by a number, in the order of the page. */
function linksTo(title, sections) {
  const slugger = new GithubSlugger();
  slugger.slug(title);
  const links = new Map();
  for (const { heading, own } of sections) {
    slugger.slug(heading);
    for (const { name } of own) links.set(name, `[${code(name)}](#${slugger.slug(name)})`);
  }
  return links;
}

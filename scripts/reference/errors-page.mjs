/** `errors.md`: every code of the catalogue, in its order and under its headings. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { catalogue } from "../../dist/kernel/error-catalogue.js";
import { root, StepError } from "../process.mjs";
import { page, plain } from "./markdown.mjs";

const intro = `Words in ‹angle marks› stand for what is filled in. A problem of a plugin is in \`host.report.problems\` and in
\`problem\` of its snapshot, and one line in the log; what concerns the whole host rejects the call. Each has \`code\`,
\`message\` and \`remedy\` (\`isPlugoError(error)\` tells it from other errors). A released code keeps its meaning.`;

export function errorsPage() {
  const sections = headings().map(({ heading, codes }) => [`## ${heading}`, ...codes.map(entry)].join("\n\n"));
  return page("Error codes", "Look up what a code of plugo means, and what to do.", intro, ...sections);
}

/** The comments between the entries are the headings. */
function headings() {
  const source = readFileSync(path.join(root, "src", "kernel", "error-catalogue.ts"), "utf8");
  const [, entries = ""] = source.split("export const catalogue");
  const found = [];
  for (const [, heading, code] of entries.matchAll(/^ {2}(?:\/\/ (.+)|(PLUGO_\w+): \{)$/gm)) {
    if (heading !== undefined) found.push({ heading, codes: [] });
    else found.at(-1).codes.push(code);
  }
  const listed = new Set(found.flatMap(({ codes }) => codes));
  const missing = Object.keys(catalogue).filter((code) => !listed.has(code));
  if (missing.length > 0) throw new StepError(`The catalogue's headings were not understood at ${missing.join(", ")}.`);
  return found;
}

function entry(code) {
  const { title, message, remedy } = catalogue[code];
  const cases = Object.entries(casesOf[code] ?? { "": {} });
  const said = cases.map(([when, own]) => {
    const facts = placeholders({ ...samples[code], ...own });
    return { when, message: filled(code, () => message(facts)), remedy: filled(code, () => remedy(facts)) };
  });
  const texts = (field) => {
    const [first, ...others] = said.map((each) => each[field]);
    return others.every((text) => text === first)
      ? [{ when: "", text: first }]
      : said.map((each) => ({ ...each, text: each[field] }));
  };
  return [
    `### ${code}`,
    plain(title),
    ...texts("message").map(({ when, text }) => `${when === "" ? "" : `${when}:\n\n`}${quoted(text)}`),
    ...texts("remedy").map(
      ({ when, text }) => `**What to do${when === "" ? "" : `, ${lowerFirst(when)}`}.** ${plain(text)}`,
    ),
  ].join("\n\n");
}

function quoted(text) {
  const lines = text.split("\n").map((line) => plain(line.trim()).replace(/^- /, "• "));
  return lines.map((line) => `> ${line}`).join("\\\n");
}

function lowerFirst(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** What is not named otherwise is a text, which says what it stands for. */
function placeholders(own) {
  return new Proxy(
    { ...common, ...own },
    { get: (facts, key) => (Object.hasOwn(facts, key) ? facts[key] : `‹${words(key)}›`) },
  );
}

function words(key) {
  return (names[key] ?? key).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const names = { at: "file:line:column", timeoutMs: "number", intervalMs: "number", modules: "folder" };

/** Facts that are lists, or that are absent as a rule. */
const common = {
  findings: ["‹finding›"],
  problems: ["‹problem›"],
  missing: ["‹package›"],
  found: ["‹export›"],
  files: ["‹file›"],
  holders: ["‹holder›"],
  lines: ["‹the last lines of the installer›"],
  left: ["‹what is left, and where it was made›"],
  nearest: undefined,
  frame: undefined,
  hint: undefined,
  call: undefined,
  stack: "‹stack›",
};

const conflicts = [
  {
    package: "‹package›",
    requirements: ["‹plugin›", "‹plugin›"].map((plugin) => ({ plugin, range: "‹range›", where: "‹file:line:column›" })),
  },
];

/** Facts of one code that are of another shape. */
const samples = {
  PLUGO_PROJECT_EMPTY: { looked: ["‹folder›"] },
  PLUGO_CYCLE: { path: ["‹a›", "‹b›", "‹a›"] },
  PLUGO_DEPENDENCY_MISSING: { missing: "‹missing›" },
  PLUGO_ENVIRONMENT_LOCKED: { waitedMs: 300_000 },
  PLUGO_CONSOLIDATE_CONFLICT: { conflicts },
};

/** Where a text depends on the facts: each case, and its facts. */
const casesOf = {
  PLUGO_INIT_FAILED: { "When it has not worked before": { worked: false }, "When it has": { worked: true } },
  PLUGO_RESTART_NEEDED: {
    "For a file of the application": { name: undefined },
    'With engine: "native"': {},
  },
  PLUGO_INSTALLER_MISSING: { "For npm": { installer: "npm" }, "For another": {} },
  PLUGO_UNKNOWN_PLUGIN: { "In the config": { orPackage: false }, "In ENABLED_PLUGINS": { orPackage: true } },
  PLUGO_GENERATION_LEAK: { "When something is likely to hold them": {}, "When nothing is known": { holders: [] } },
  PLUGO_CONSOLIDATE_CONFLICT: {
    'With strategy: "error"': { strategy: "error" },
    'With strategy: "highest"': { strategy: "highest" },
  },
};

/** A text made from a fact that has no sample of its shape would tell nobody anything. */
function filled(code, make) {
  try {
    const text = make();
    if (!/\bundefined\b|\bNaN\b|\[object /.test(text)) return text;
  } catch {
    // A list was taken for a text.
  }
  throw new StepError(`scripts/reference/errors-page.mjs needs a sample of the facts of ${code}.`);
}

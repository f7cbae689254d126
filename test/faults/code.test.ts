import { mkdirSync, symlinkSync } from "node:fs";
import { describe, test } from "node:test";
import { plugin } from "../support/plugin-folder.ts";
import { broken, checkFault, idle, type Fault } from "./surroundings.ts";

const entry = "%/broken/plugin.ts";
const noEntry = '"%/broken" has no plugin.ts, plugin.mts, plugin.cts, plugin.js, plugin.mjs or plugin.cjs';

/** A folder without an entry, and the action that mends it. */
function entryMissing(files: object, remedy: string): Fault {
  return { files: { "broken/metadata.json": {}, ...files }, code: "PLUGO_ENTRY_MISSING", says: [noEntry], remedy };
}

function faultyCode(
  code: string,
  lines: readonly string[],
  rest: Omit<Fault, "files" | "code"> & { files?: object },
): Fault {
  return { ...rest, code, files: { ...broken(lines.join("\n")), ...rest.files } };
}

const faults: Readonly<Record<string, Fault>> = {
  "without an entry file": entryMissing({}, `Create "${entry}" with an exported initPlugin.`),
  "with plugin.py alone": entryMissing(
    { "broken/plugin.py": "def init_plugin(**kwargs): ..." },
    `Rewrite "%/broken/plugin.py" as "${entry}" with an exported initPlugin`,
  ),
  "with a folder named plugin.ts": entryMissing(
    { "broken/plugin.ts/index.ts": idle },
    `Replace "${entry}", which is no file, with one that exports initPlugin.`,
  ),
  "with an entry named in another case": entryMissing(
    { "broken/Plugin.TS": idle },
    'Rename the entry file to "plugin.ts"',
  ),
  "whose named entry is not there": {
    files: broken(idle, { entry: "main.ts" }),
    code: "PLUGO_ENTRY_MISSING",
    says: ['"%/broken" has no file main.ts'],
    remedy: 'Create "%/broken/main.ts", or correct "entry" in "%/broken/metadata.json".',
  },

  "with a syntax error": faultyCode(
    "PLUGO_SYNTAX",
    ["export function initPlugin() {", "  const port: number = ;", "}"],
    {
      says: [`Syntax error in ${entry}:2:24`, "\n> 2 |   const port: number = ;\n", /^ {4}\| {24}\^$/m],
      remedy: `Correct ${entry}:2:24.`,
    },
  ),
  "with a syntax error in another file": faultyCode("PLUGO_SYNTAX", [`import "./lib/db.ts";`, idle], {
    files: { "broken/lib/db.ts": "\n\nconst x = ;\n" },
    says: ["Syntax error in %/broken/lib/db.ts:3:11", "> 3 | const x = ;\n"],
    remedy: "Correct %/broken/lib/db.ts:3:11.",
  }),
  "with a name declared twice": faultyCode("PLUGO_SYNTAX", ["let a = 1;", "let a = 2;", idle], {
    says: [`Syntax error in ${entry}:`, "has already been declared"],
    remedy: `Correct ${entry}:`,
  }),
  "that imports a file that is not there": faultyCode(
    "PLUGO_IMPORT_NOT_FOUND",
    ["// The database.", `import { db } from "./gone.ts";`, "export function initPlugin() { db(); }"],
    {
      says: [`Cannot find "./gone.ts", imported in ${entry}:2:20`, `\n> 2 | import { db } from "./gone.ts";\n`],
      remedy: 'Correct the path, or create the file that "./gone.ts" means.',
    },
  ),
  "whose inner file imports a file that is not there": faultyCode(
    "PLUGO_IMPORT_NOT_FOUND",
    [`import "./lib/db.ts";`, idle],
    {
      files: { "broken/lib/db.ts": `\n\nimport "./pool.ts";\n` },
      says: ['Cannot find "./pool.ts", imported in %/broken/lib/db.ts:3:8'],
      remedy: "Correct the path",
    },
  ),
  "that requires a file that is not there": {
    files: { "broken/metadata.json": {}, "broken/plugin.cjs": `const x = require("./gone");\nexports.initPlugin = x;` },
    code: "PLUGO_IMPORT_NOT_FOUND",
    says: ['Cannot find "./gone", imported in %/broken/plugin.cjs:1:19'],
    remedy: "Correct the path",
  },
  "that imports a package that is not there": faultyCode(
    "PLUGO_IMPORT_NOT_FOUND",
    [`import { x } from "no-such-package-of-plugo/sub";`, "export function initPlugin() { x(); }"],
    {
      says: [`Cannot find "no-such-package-of-plugo/sub", imported in ${entry}:1:19`, "\n> 1 | import "],
      remedy: 'Run "npm install no-such-package-of-plugo", or add "no-such-package-of-plugo" to the dependencies',
    },
  ),
  "that imports a builtin that is not there": faultyCode(
    "PLUGO_IMPORT_NOT_FOUND",
    [`import { x } from "node:nope";`, "export function initPlugin() { x(); }"],
    { says: [`Cannot find "node:nope", imported in ${entry}:1:19`], remedy: /^Correct the name/ },
  ),
  "that imports a name that a file lacks": faultyCode(
    "PLUGO_IMPORT_NAME_MISSING",
    [`import { helo } from "./greet.ts";`, "export function initPlugin() { helo(); }"],
    {
      files: { "broken/greet.ts": "export function hello() {}" },
      says: [`"./greet.ts" has no export named "helo", imported in ${entry}:1:10`, "\n> 1 | import { helo }"],
      remedy: 'Export "helo" from "./greet.ts", or correct the import. Did you mean "hello"?',
    },
  ),
  "that imports a name that a builtin lacks": faultyCode(
    "PLUGO_IMPORT_NAME_MISSING",
    [`import { readFil } from "node:fs";`, "export function initPlugin() { readFil(); }"],
    {
      says: [`"node:fs" has no export named "readFil", imported in ${entry}:1:10`],
      remedy: 'Did you mean "readFile"?',
    },
  ),
  "that imports a file in another case": faultyCode("PLUGO_IMPORT_CASE", [`import "./Greet.ts";`, idle], {
    files: { "broken/greet.ts": "" },
    says: [`"./Greet.ts", imported in ${entry}:1:8, differs by case from the file "%/broken/greet.ts"`],
    remedy: "Write the import exactly as the file is named",
  }),
  "that imports from a plugin that it does not depend on": faultyCode(
    "PLUGO_IMPORT_UNDECLARED",
    [`import { initPlugin as other } from "../ahead/plugin.ts";`, "export function initPlugin() { other(); }"],
    {
      says: [
        `"../ahead/plugin.ts", imported in ${entry}:1:37, belongs to the plugin "ahead", which is not a dependency`,
      ],
      remedy: 'Add "ahead" to "dependencies" in metadata.json, or use "import type" for types.',
    },
  ),
  "that throws while it is loaded": faultyCode(
    "PLUGO_EVALUATION",
    [
      "interface Options { a: number }",
      "function connect(o: Options) {",
      `  throw new Error("refused " + o.a);`,
      "}",
      "connect({ a: 1 });",
      idle,
    ],
    {
      says: [`Loading "${entry}" failed: refused 1`, `${entry}:3:9`, `${entry}:5:1`],
      remedy: "Correct what the stack points at; code that can fail belongs in initPlugin.",
    },
  ),
  "whose top-level await rejects": faultyCode(
    "PLUGO_EVALUATION",
    [`await Promise.reject(new Error("refused"));`, idle],
    {
      says: [`Loading "${entry}" failed: refused`],
      remedy: "Correct what the stack points at",
    },
  ),
  "whose top-level await hangs": faultyCode("PLUGO_LOAD_TIMEOUT", ["await new Promise(() => {});", idle], {
    options: { initTimeoutMs: 30 },
    says: ['The files of "broken" did not finish loading within 30 ms: a top-level await has not settled'],
    remedy: "Move slow work from the top level into initPlugin",
  }),

  "that exports nothing": faultyCode("PLUGO_NO_INIT", ["const x = 1;"], {
    says: [`"${entry}" exports no function initPlugin; it exports nothing`],
    remedy: "Export it: export function initPlugin(context, plugin) { … }",
  }),
  "that exports something else": faultyCode("PLUGO_NO_INIT", ["export const start = 1, stop = 2;"], {
    says: [`"${entry}" exports no function initPlugin; it exports start, stop`],
    remedy: "Export it",
  }),
  "whose initPlugin is no function": faultyCode("PLUGO_NO_INIT", ["export const initPlugin = 1;"], {
    says: [`"${entry}" exports no function initPlugin; it exports initPlugin`],
    remedy: "Write initPlugin as a function: it is the number 1.",
  }),
  "that exports init_plugin": faultyCode("PLUGO_NO_INIT", ["export function init_plugin() {}"], {
    says: [`"${entry}" exports no function initPlugin; it exports init_plugin`],
    remedy: "Rename init_plugin to initPlugin",
  }),
  "whose default export has init_plugin": faultyCode("PLUGO_NO_INIT", ["export default { init_plugin() {} };"], {
    says: [`"${entry}" exports no function initPlugin; it exports default`],
    remedy: "Rename init_plugin to initPlugin",
  }),
};

describe("loadPlugins", () => {
  for (const [name, fault] of Object.entries(faults)) {
    test(`fails a plugin alone ${name}`, () => checkFault(fault));
  }

  test("fails a plugin alone whose entry is a link out of its folder", () =>
    checkFault({
      files: { ...plugin("ahead", idle, { version: "1.0.0" }), "broken/metadata.json": {} },
      options: (folder) => {
        mkdirSync(folder.at("_outside"));
        folder.write({ "_outside/plugin.ts": idle });
        symlinkSync(folder.at("_outside/plugin.ts"), folder.at("broken/plugin.ts"));
        return {};
      },
      code: "PLUGO_ENTRY_MISSING",
      says: ['"%/broken" has no entry inside itself: "plugin.ts" leads out of the folder'],
      remedy: 'Move "plugin.ts" into "%/broken"',
    }));
});

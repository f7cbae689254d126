import type { Node, ParseError } from "jsonc-parser";
import type { BaseIssue, GenericSchema } from "valibot";
import { positionAt } from "../kernel/code-frame.ts";
import { requirePackage } from "../kernel/lazy-require.ts";
import type { Fault } from "./resolve-manifest.ts";

const maxFindings = 50;

/**
 * What is wrong with the value of a JSON file, each finding as `file:line:column field: what`. Findings that a schema
 * has are joined with `faults`, and stand in the order of the file.
 */
export function explainFaults(
  source: { readonly text: string; readonly file: string },
  value: unknown,
  schema: GenericSchema,
  faults: readonly Fault[] = [],
): readonly string[] {
  const { safeParse } = requirePackage<typeof import("valibot")>("valibot");
  const issues = safeParse(schema, value).issues?.flatMap(faultsOf) ?? [];
  const explained = new Set(issues.map((issue) => fieldName(issue.path)));
  return placeFaults(source, [...issues, ...faults.filter((fault) => !explained.has(fieldName(fault.path)))]);
}

/** The same for faults that are known already. */
export function placeFaults(
  source: { readonly text: string; readonly file: string },
  all: readonly Fault[],
): readonly string[] {
  if (all.length === 0) return [];
  const { parseTree } = jsoncParser();
  const tree = parseTree(source.text);
  const placed = all.map((fault) => ({ fault, offset: offsetOf(tree, fault.path) }));
  placed.sort((a, b) => a.offset - b.offset);
  const findings = placed.map(({ fault, offset }) => {
    const field = fieldName(fault.path);
    return `${place(source, offset)} ${field === "" ? "" : `${field}: `}${fault.message}`;
  });
  const distinct = [...new Set(findings)];
  const more = distinct.length - maxFindings;
  return more > 0 ? [...distinct.slice(0, maxFindings), `and ${more} more`] : distinct;
}

/** Tells where the value at a path is in a file, as `file:line:column`. */
export function placesIn(source: { readonly text: string; readonly file: string }): (path: Fault["path"]) => string {
  const { parseTree } = jsoncParser();
  const tree = parseTree(source.text);
  return (path) => place(source, offsetOf(tree, path));
}

/** Where and why a text is not JSON, as `file:line:column what was expected`. `error` is what `JSON.parse` threw. */
export function explainSyntax(source: { readonly text: string; readonly file: string }, error: unknown): string {
  const { text, file } = source;
  if (/^\uFFFD{2}|\0/.test(text)) return `${file}:1:1 is not UTF-8 text: save it as UTF-8`;
  if (text.trim() === "") return `${file}:1:1 is empty: {} is the least it can hold`;
  const errors: ParseError[] = [];
  try {
    const { parseTree } = jsoncParser();
    parseTree(text, errors, { disallowComments: true });
  } catch {
    return `${file}:1:1 is not JSON, and nested too deeply to say where`;
  }
  const [first] = errors;
  if (first === undefined) return `${file}:1:1 is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  const found = text.slice(first.offset, first.offset + Math.min(first.length, 20));
  return `${place(source, first.offset)} ${expectation(first, found)}`;
}

/** Loaded to explain a fault or to edit a file, never for a file that is as it should be. */
export function jsoncParser(): typeof import("jsonc-parser") {
  return requirePackage<typeof import("jsonc-parser")>("jsonc-parser");
}

/** A union's issue hides what is wrong inside the member that was meant: the deeper ones say more. */
function faultsOf(issue: BaseIssue<unknown>): readonly Fault[] {
  const path = issue.path?.map((item) => item.key as string | number) ?? [];
  const deeper = issue.issues?.filter((inner) => (inner.path?.length ?? 0) > 0) ?? [];
  // For a property that is not there, the message is the one of the object around it.
  if (deeper.length === 0) return [{ path, message: issue.input === undefined ? "is missing" : issue.message }];
  return deeper.flatMap(faultsOf).map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
}

/** The offset of the value at a path; of the last thing on the way to it when there is none. */
function offsetOf(tree: Node | undefined, path: Fault["path"]): number {
  let node = tree;
  for (const key of path) {
    const child: Node | undefined =
      typeof key === "number"
        ? node?.children?.[key]
        : // JSON.parse takes the last of several properties with one name.
          node?.children?.findLast((property) => property.children?.[0]?.value === key)?.children?.[1];
    if (child === undefined) break;
    node = child;
  }
  return node?.offset ?? 0;
}

function fieldName(path: Fault["path"]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === "number") return `${name}[${key}]`;
    if (!/^[\w$-]{1,80}$/.test(key)) return `${name}[${JSON.stringify(key.slice(0, 80))}]`;
    return name === "" ? key : `${name}.${key}`;
  }, "");
}

function place({ text, file }: { readonly text: string; readonly file: string }, offset: number): string {
  const { line, column } = positionAt(text, offset);
  return `${file}:${line}:${column}`;
}

function expectation(error: ParseError, found: string): string {
  const instead = found === "" ? "the end of the file" : JSON.stringify(found);
  const expected = expectations[error.error as number];
  return expected === undefined ? `is not JSON: ${instead} is not allowed here` : expected.replace("%", () => instead);
}

/** By jsonc-parser's error code. */
const expectations: Readonly<Record<number, string>> = {
  1: "expected a JSON value, found %",
  2: "expected a number, found %",
  3: 'expected a property name in double quotes, found % (a comma before "}" is not allowed)',
  4: 'expected a value, found % (a comma before "]" is not allowed)',
  5: 'expected ":", found %',
  6: 'expected ",", found %',
  7: 'expected "}", found %',
  8: 'expected "]", found %',
  9: "expected the end of the file, found %",
  10: "JSON has no comments, found %",
  11: "the comment does not end, and JSON has no comments",
  12: 'expected a closing "\\"" on the same line, found %',
  13: "the number does not end, found %",
  14: "expected four hexadecimal digits after \\u, found %",
  15: "the string holds an escape that JSON does not have, found %",
  16: "the string holds a control character, which has to be escaped, found %",
};

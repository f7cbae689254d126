import type { ExportLink, FileLinks, ImportLink } from "./compiled-file.ts";

/** The transformer's output, with its imports and exports taken out as data. */
export interface RunnerModule {
  readonly links: FileLinks;
  /** Line for line where the transformer put it, so that its source map holds. */
  readonly code: string;
  /** Whether any export is read anew at each use, since it may change. */
  readonly hasLiveExports: boolean;
}

const skipped = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*";(?=\n|$)|'(?:[^'\\\n]|\\.)*';(?=\n|$))*/y;
const exportStatement =
  /Object\.defineProperty\(__vite_ssr_exports__, ("(?:[^"\\]|\\.)*"), \{\n\tenumerable: true,\n\tconfigurable: true,\n\tget\(\) \{\n\t\treturn ([^\n]*);\n\t\}\n\}\);/y;
const importStatement =
  /const __vite_ssr_import_(\d+)__ = await __vite_ssr_import__\(("(?:[^"\\]|\\.)*")(?:, \{ importedNames: \[((?:[^"\]]|"(?:[^"\\]|\\.)*")*)\] \})?\);/y;
const starStatement = /__vite_ssr_exportAll__\(__vite_ssr_import_(\d+)__\);/y;
const passedOn =
  /^__vite_ssr_import_(\d+)__(?:\.([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)|\[("(?:[^"\\]|\\.)*")\])?$/u;
const stringLiteral = /"(?:[^"\\]|\\.)*"/g;

/**
 * Reads the head of a module that oxc's module runner transform wrote (getters for the exports, then one awaited
 * import after the other), and writes it anew: exports through one shared function, imports from an array that is
 * filled before the module runs, so that a module without `await` of its own is a plain function.
 */
export function readRunnerOutput(output: string): RunnerModule {
  const imports: ImportLink[] = [];
  const exports: ExportLink[] = [];
  let code = "";
  let hasLiveExports = false;
  let at = 0;
  let copied = 0;
  const replace = (length: number, replacement: string): void => {
    const lines = output.slice(at, at + length).split("\n").length - 1;
    code += output.slice(copied, at) + replacement + "\n".repeat(lines);
    at += length;
    copied = at;
  };
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(output);
  };

  for (;;) {
    const bodyStart = at;
    at += match(skipped)?.[0].length ?? 0;
    let found: RegExpExecArray | null;
    if ((found = match(exportStatement)) !== null) {
      const [statement, name = '""', value = ""] = found;
      exports.push(exportLink(readString(name), value));
      const isConstant = isConstantFunction(value, name, output);
      hasLiveExports ||= !isConstant;
      const binding = isConstant ? `null,${value}` : `()=>${value}`;
      replace(statement.length, `__plugo_export__(__plugo_exports__,${name},${binding});`);
    } else if ((found = match(importStatement)) !== null) {
      const [statement, index = "", specifier = '""', names = ""] = found;
      imports.push({
        specifier: readString(specifier),
        names: Array.from(names.matchAll(stringLiteral), ([literal]) => readString(literal)),
        star: false,
      });
      replace(statement.length, `const __vite_ssr_import_${index}__=__plugo_imports__[${index}];`);
    } else if ((found = match(starStatement)) !== null) {
      const index = Number(found[1]);
      imports[index] = { ...(imports[index] as ImportLink), star: true };
      replace(found[0].length, "");
    } else {
      at = bodyStart;
      break;
    }
  }
  const bodyAt = code.length + (at - copied);
  return { links: { imports, exports, bodyAt }, code: code + output.slice(copied), hasLiveExports };
}

/**
 * Whether an export is a function that is declared once and mentioned nowhere else in the file: nothing can assign to
 * it, so it needs no getter, which V8 would have to compile at its first use.
 */
function isConstantFunction(value: string, name: string, output: string): boolean {
  if (!/^[A-Za-z_$][\w$]*$/.test(value)) return false;
  const word = value.replaceAll("$", "\\$");
  if (!new RegExp(`^(?:async )?function\\*? ${word}\\(`, "m").test(output)) return false;
  const mentions = output.match(new RegExp(`(?<![\\w$])${word}(?![\\w$])`, "g"))?.length ?? 0;
  return mentions === (name === `"${value}"` ? 3 : 2);
}

function exportLink(name: string, value: string): ExportLink {
  const passed = passedOn.exec(value);
  if (passed === null) return { name };
  const [, from, identifier, literal] = passed;
  const imported = identifier ?? (literal === undefined ? undefined : readString(literal));
  return imported === undefined ? { name, from: Number(from) } : { name, from: Number(from), imported };
}

function readString(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    // JavaScript knows escapes that JSON does not ("\x1b"). It is a string literal, by the pattern that found it.
    // oxlint-disable-next-line no-eval
    return (0, eval)(literal) as string;
  }
}

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { phaseTransitions } from "#src/kernel/phase.js";

const root = path.resolve(import.meta.dirname, "../..");
const page = readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8").replaceAll("\r\n", "\n");

describe("ARCHITECTURE.md", () => {
  /** The folders of src/ in the order of the table, each with the files that its lines name. */
  const folders = new Map<string, string[]>();
  for (const [name = "", files = ""] of rowsBelow("Folders")) {
    if (name !== "") folders.set(textOf(name), []);
    [...folders.values()].at(-1)?.push(...quoted(files));
  }

  it("names the folders that there are, and files that there are", () => {
    const entries = readdirSync(path.join(root, "src"), { withFileTypes: true, recursive: true });
    const actual = entries
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name }) => path.join(parentPath, name));
    const names = actual.map((folder) => path.relative(root, folder).split(path.sep).join("/"));
    assert.deepEqual([...folders.keys()].toSorted(), names.toSorted());
    for (const [folder, files] of folders) {
      assert.ok(files.length > 0, `${folder} has no line`);
      for (const file of files)
        assert.ok(existsSync(path.join(root, folder, file)), `${folder}/${file} does not exist`);
    }
  });

  it("lists the folders so that each imports only from itself and those above it", () => {
    const order = [...folders.keys()];
    const wrong: string[] = [];
    let imports = 0;
    for (const own of order) {
      for (const file of sourcesIn(own)) {
        for (const target of relativeImports(file)) {
          imports += 1;
          if (target === "src/version.ts") continue;
          const other = path.posix.dirname(target);
          // What lies directly in a folder may use the folders in it.
          const isOwn = other.startsWith(`${own}/`);
          if (!isOwn && (!order.includes(other) || order.indexOf(other) > order.indexOf(own)))
            wrong.push(`${file} imports ${target}`);
        }
      }
    }
    assert.ok(imports > 100, `only ${imports} imports were found`);
    assert.deepEqual(wrong, []);
  });

  it("has the phases of src/kernel/phase.ts, and what may follow each", () => {
    const table = rowsBelow("Phases").map(([phase = "", next = ""]) => [textOf(phase), quoted(next)]);
    assert.deepEqual(Object.fromEntries(table), phaseTransitions);
  });

  it("has a line for each runtime dependency, which says whether its version is exact", () => {
    const manifest = readFileSync(path.join(root, "package.json"), "utf8");
    const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
    const actual = Object.entries(dependencies).map(([name, range]) => [name, /^\d/.test(range) ? "Exact" : "Range"]);
    const written = rowsBelow("Dependencies").map(([name = "", why = "", version = ""]) => {
      assert.notEqual(why, "", name);
      return [textOf(name), /^\w+/.exec(version)?.[0]];
    });
    assert.deepEqual(Object.fromEntries(written), Object.fromEntries(actual));
  });
});

/** The cells of the first table below a heading, without its head. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const section = page.split(`\n## ${heading}\n`)[1] ?? "";
  const table = /(?:^\|.*\n)+/m.exec(section)?.[0] ?? "";
  const rows = table.trim().split("\n").slice(2);
  assert.ok(rows.length > 0, `there is no table below "${heading}"`);
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function textOf(cell: string): string {
  return cell.replaceAll("`", "");
}

function quoted(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, text = ""]) => text);
}

/** The sources that lie directly in a folder. */
function sourcesIn(folder: string): readonly string[] {
  const names = readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".ts"));
  return names.map((name) => `${folder}/${name}`);
}

/** What a file imports by a relative path, types too, as paths from the root. Examples in comments do not count. */
function relativeImports(file: string): readonly string[] {
  const code = readFileSync(path.join(root, file), "utf8").replaceAll(/^\s*\*.*$/gm, "");
  const specifiers = Array.from(code.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g), ([, text = ""]) => text);
  return specifiers.map((specifier) => path.posix.join(path.posix.dirname(file), specifier));
}

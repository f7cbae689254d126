import { realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { plugoError } from "../../kernel/plugo-error.ts";
import { jsoncParser, placesIn } from "../../manifest/explain-json.ts";
import { parseJsonObject } from "../../manifest/json-file.ts";
import { isJsonObject } from "../../manifest/json-object.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import { readText } from "../../manifest/read-text.ts";
import { replaceFile } from "../../sources/replace-file.ts";
import { fileSpec } from "../consolidation/file-spec.ts";
import type { MergedRequirement, Requirement } from "../consolidation/requirement.ts";
import { classifySpec } from "../needs/dependency-spec.ts";

/** The application's own `package.json`, as it is when plugins' packages are added to it. */
export class HostManifest {
  readonly #file: string;
  readonly #folder: string;
  readonly #before: string;
  #written: string;

  /** Throws the file system's error, or `PLUGO_MANIFEST_INVALID`. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#file = realpathSync(join(folder, packageFile));
    this.#before = readText(this.#file);
    this.#written = this.#before;
  }

  /** What the application itself asks for, of these packages. */
  requirements(packages: ReadonlySet<string>): readonly Requirement[] {
    const shown = displayPath(this.#file);
    const parsed = parseJsonObject(this.#before, this.#file);
    if ("finding" in parsed) throw plugoError("PLUGO_MANIFEST_INVALID", { file: shown, findings: [parsed.finding] });
    const placeOf = placesIn({ text: parsed.json, file: shown });
    return fields.flatMap((field) => {
      const specs = Object.hasOwn(parsed.value, field) ? parsed.value[field] : undefined;
      return Object.entries(isJsonObject(specs) ? specs : {}).flatMap(([name, range]): readonly Requirement[] => {
        if (!packages.has(name) || typeof range !== "string") return [];
        const spec = classifySpec(range.trim());
        const file = spec.kind === "file" ? join(this.#folder, spec.path) : null;
        const isOptional = field === "optionalDependencies";
        return [
          { package: name, plugin: "the application", range, spec, file, isOptional, where: placeOf([field, name]) },
        ];
      });
    });
  }

  /** Adds packages, or changes their ranges. The formatting stays. Throws the file system's error. */
  add(packages: ReadonlyMap<string, MergedRequirement>): void {
    const { applyEdits, modify } = jsoncParser();
    const indent = /^([ \t]+)\S/m.exec(this.#before)?.[1] ?? "  ";
    const eol = this.#before.includes("\r\n") ? "\r\n" : "\n";
    const formattingOptions = { insertSpaces: !indent.startsWith("\t"), tabSize: indent.length, eol };
    for (const [name, requirement] of packages) {
      const path = [requirement.isOptional ? "optionalDependencies" : "dependencies", name];
      const spec = fileSpec(requirement, this.#folder);
      this.#written = applyEdits(this.#written, modify(this.#written, path, spec, { formattingOptions }));
    }
    replaceFile(this.#file, this.#written);
  }

  /** Makes the file what it was, unless something else has written it meanwhile. */
  takeBack(): void {
    if (this.#written === this.#before || statSync(this.#file, { throwIfNoEntry: false }) === undefined) return;
    if (readText(this.#file) === this.#written) replaceFile(this.#file, this.#before);
  }
}

const fields = ["dependencies", "optionalDependencies", "devDependencies"] as const;

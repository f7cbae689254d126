import { relative, sep } from "node:path";

/** What to write for a requirement in a `package.json` of `folder`: paths are relative to it. */
export function fileSpec(
  { range, file }: { readonly range: string; readonly file: string | null },
  folder: string,
): string {
  if (file !== null) return `file:${relative(folder, file).split(sep).join("/") || "."}`;
  return range === "" ? "*" : range;
}

/** `README.md` of the reference. */
import { apiEntries } from "../api-entries.mjs";
import { page, table } from "./markdown.mjs";

export function indexPage() {
  const pages = [
    ["[Error codes](errors.md)", "Every code, what it says, and what to do"],
    ["[metadata.json](metadata.md)", "What a plugin says about itself"],
    ["[plugins_config.json](plugins-config.md)", "What an application says about its plugins"],
    ["[Commands](commands.md)", "What `plugo` can be told to do"],
    ["[Environment variables](environment-variables.md)", "What is read from the environment"],
  ];
  const entries = apiEntries().map(({ name, specifier }) => [
    `[\`${specifier}\`](api/${name}.md)`,
    "The public API of this import",
  ]);
  return page(
    "Reference",
    "Look up a name, a field, a variable or a code. These pages are made from the code.",
    table(["Page", "What is in it"], [...pages, ...entries]),
  );
}

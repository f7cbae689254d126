import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deriveNames, type Names } from "#src/cli/plugin-names.js";
import { readTemplate, renameTemplate, takenIn } from "#src/cli/template.js";
import { createFolder } from "../support/plugin-folder.ts";

const bytes = Uint8Array.of(0x73, 0x61, 0, 0xff);
const files = {
  "base-express/plugin.ts": `import { samplePluginService as other } from "./services/sample_plugin.ts";
// class, items: words of a comment are no code
export class SamplePlugin {}
export const samplePlugin = { items: other, title: "Sample Plugin", path: "/sample-plugin", name: "sample_plugin" };
`,
  "base-express/services/sample_plugin.ts": "export const samplePluginService = 1;",
  "base-express/package.json": "{}",
  "base-express/picture.bin": bytes,
  "base-express/gitignore": "node_modules\n",
  "base-express/node_modules/x/index.js": "",
};

describe("renameTemplate", () => {
  test("replaces each form of the sample's name, in files and paths, and nothing else", () => {
    using folder = createFolder(files);
    const renamed = renameTemplate(readTemplate(folder.path, "base-express"), deriveNames("Big Shop"));
    assert.deepEqual(
      [...renamed.keys()],
      [".gitignore", "package.json", "picture.bin", "plugin.ts", "services/big_shop.ts"].toSorted(),
    );
    assert.equal(
      String(renamed.get("plugin.ts")),
      files["base-express/plugin.ts"]
        .replaceAll("sample_plugin", "big_shop")
        .replaceAll("SamplePlugin", "BigShop")
        .replaceAll("samplePlugin", "bigShop")
        .replaceAll("sample-plugin", "big-shop")
        .replaceAll("Sample Plugin", "Big Shop"),
    );
    assert.deepEqual(renamed.get("picture.bin"), Buffer.from(bytes));
  });

  test("is a template of its own when the plugin is named like the sample", () => {
    using folder = createFolder(files);
    const template = readTemplate(folder.path, "base-express");
    assert.equal(
      String(renameTemplate(template, deriveNames("Sample Plugin")).get("plugin.ts")),
      files["base-express/plugin.ts"],
    );
  });
});

describe("takenIn", () => {
  const isTaken = (name: string): boolean => {
    using folder = createFolder(files);
    return takenIn(readTemplate(folder.path, "base-express"))(deriveNames(name) satisfies Names);
  };
  test("holds for what would become a word of the language, a global, or another name of the template", () => {
    for (const name of ["class", "await", "arguments", "items", "other", "promise", "global this"]) {
      assert.equal(isTaken(name), true, name);
    }
  });
  test("does not hold for a name that stands in a comment or in a text only", () => {
    for (const name of ["shop", "words", "comment", "Big Shop"]) assert.equal(isTaken(name), false, name);
  });
});

test("readTemplate says which template there is not", () => {
  using folder = createFolder();
  assert.throws(() => readTemplate(folder.path, "ui-hono"), { code: "PLUGO_TEMPLATE_MISSING", message: /"ui-hono"/ });
});

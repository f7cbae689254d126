import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findProject } from "#src/cli/project.js";
import { createFolder, type Files } from "../support/plugin-folder.ts";

const empty = { "a/metadata.json": {} };
const inFolder = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));

describe("findProject", () => {
  test("takes the nearest package.json's plugo key, from any folder below it", () => {
    using folder = createFolder({
      "package.json": {
        version: "3.2.1",
        plugo: {
          ...{ pluginDirectory: ["parts", "more/parts"], configPath: "parts.json", commands: {} },
          // What loadPlugins reads of it is known here, too.
          ...{ sharedDependencies: ["react"], allowedDependencies: [] },
        },
      },
      "src/deep/file.txt": "",
    });
    for (const from of [".", "src", "src/deep"]) {
      assert.deepEqual(findProject(folder.at(from)), {
        folder: folder.path,
        packageFile: folder.at("package.json"),
        pluginDirectories: [folder.at("parts"), folder.at("more/parts")],
        configFile: folder.at("parts.json"),
        coreVersion: "3.2.1",
        foundBy: "package.json",
        hints: [],
      });
    }
  });

  test("without the key takes the first usual directory that exists, and the config when it exists", () => {
    using folder = createFolder({
      "package.json": {},
      ...inFolder("ui/plugins", empty),
      ...inFolder("api/plugins", empty),
    });
    assert.deepEqual(findProject(folder.path).pluginDirectories, [folder.at("api/plugins")]);
    assert.equal(findProject(folder.path).configFile, null);
    folder.write({ ...inFolder("plugins", empty), "plugins_config.json": { plugins: [] } });
    const { pluginDirectories, configFile, foundBy } = findProject(folder.at("ui"));
    assert.deepEqual(pluginDirectories, [folder.at("plugins")]);
    assert.equal(configFile, folder.at("plugins_config.json"));
    assert.equal(foundBy, "search");
  });

  test("lets the command line override both, relative to where it runs", () => {
    using folder = createFolder({ "package.json": { plugo: { pluginDirectory: "parts" } }, "src/file.txt": "" });
    const project = findProject(folder.at("src"), { pluginDirectory: ["../a", "b"], config: "c.json" });
    assert.deepEqual(project.pluginDirectories, [folder.at("a"), folder.at("src/b")]);
    assert.equal(project.configFile, folder.at("src/c.json"));
    assert.equal(project.foundBy, "option");
  });

  test("passes over the package.json of a plugin", () => {
    using folder = createFolder({
      "package.json": { name: "app" },
      "plugins/a/metadata.json": {},
      "plugins/a/package.json": { name: "a" },
    });
    assert.equal(findProject(folder.at("plugins/a")).packageFile, folder.at("package.json"));
  });

  test("is the folder itself where there is no package.json", () => {
    using folder = createFolder({ "sub/plugins/a/metadata.json": {} });
    const { folder: found, packageFile, coreVersion } = findProject(folder.at("sub"));
    // A machine may have one above its folder for temporary files.
    if (packageFile === null) assert.equal(found, folder.at("sub"));
    if (packageFile === null) assert.equal(coreVersion, null);
  });

  const wrong: readonly (readonly [what: string, content: unknown, finding: RegExp])[] = [
    ["no JSON", "{ ", /package\.json:1:/],
    ["a list", "[]", /must be a JSON object, but it is an empty list/],
    ["a key that is no object", { plugo: "plugins" }, /"plugo" must be an object, but it is "plugins"/],
    [
      "a directory that is none",
      { plugo: { pluginDirectory: 5 } },
      /"plugo\.pluginDirectory" must be a path or a list/,
    ],
    ["an empty list's item", { plugo: { pluginDirectory: ["a", ""] } }, /must be a path or a list of paths/],
    ["a config that is none", { plugo: { configPath: [] } }, /"plugo\.configPath" must be a text/],
  ];
  for (const [what, content, message] of wrong) {
    test(`refuses ${what}`, () => {
      using folder = createFolder({ "package.json": content });
      assert.throws(() => findProject(folder.path), { code: "PLUGO_PROJECT_INVALID", message });
    });
  }

  test("remarks on a field that it does not know, with the one that was meant", () => {
    using folder = createFolder({ "package.json": { plugo: { pluginDirectorry: "x" } } });
    assert.match(findProject(folder.path).hints[0] ?? "", /"pluginDirectorry"; did you mean "pluginDirectory"\?/);
  });
});

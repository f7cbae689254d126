import assert from "node:assert/strict";
import { chmodSync, readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { createFolder, plugin, type TestFolder } from "../support/plugin-folder.ts";
import { becomeNobody, runInChild } from "./run-child.ts";
import { idle } from "./surroundings.ts";

const load = `
  const host = await plugo.loadPlugins({ pluginDirectory: "plugins", logger: quiet, env: {}, plugins: [] });
  const first = [...host.loaded];
  const report = await host.reload();
  await host.close();
  return { first, again: report.loaded, problems: report.problems, lines };
`;

function application(): TestFolder {
  return createFolder({
    ...plugin("plugins/a", `const one: number = 1;\nexport const initPlugin = (): number => one;`),
    ...plugin("plugins/b", idle, { dependencies: ["a"] }),
  });
}

function assertOneWarning({ lines, ...rest }: { lines: string[] }): void {
  assert.deepEqual(rest, { first: ["a", "b"], again: ["a", "b"], problems: [] });
  const [warning = "", ...more] = lines.filter((line) => !line.startsWith("info ") && !line.startsWith("debug "));
  assert.deepEqual(more, []);
  assert.match(
    warning,
    /^warn The transform cache in ".*cache" cannot be written: .+\.\n.* Transforms stay.*\(PLUGO_CACHE_UNWRITABLE\)$/,
  );
}

describe("the transform cache", () => {
  test("that a file stands in the way of is one warning, and plugins load", async () => {
    using folder = application();
    folder.write({ ".plugo": "" });
    assertOneWarning((await runInChild(load, { cwd: folder.path })).value);
  });

  test(
    "in a folder without permission is one warning, and plugins load",
    { skip: process.platform === "win32" },
    async () => {
      using folder = application();
      chmodSync(folder.path, 0o555);
      try {
        assertOneWarning((await runInChild(becomeNobody + load, { cwd: folder.path })).value);
      } finally {
        chmodSync(folder.path, 0o755);
      }
    },
  );

  for (const [damage, content] of [
    ["a folder", undefined],
    ["random bytes", Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256))],
    ["an empty file", ""],
  ] as const) {
    test(`that is ${damage} is made anew, or left alone`, async () => {
      using folder = application();
      await runInChild(load, { cwd: folder.path });
      const [file = assert.fail()] = readdirSync(folder.at(".plugo/cache"));
      folder.remove(`.plugo/cache/${file}`);
      folder.write({ [content === undefined ? `.plugo/cache/${file}/x` : `.plugo/cache/${file}`]: content ?? "" });
      const { value } = await runInChild(load, { cwd: folder.path });
      if (content === undefined) assertOneWarning(value);
      else
        assert.deepEqual(
          [value.first, value.again],
          [
            ["a", "b"],
            ["a", "b"],
          ],
        );
    });
  }
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { createFolder, type Files } from "../../support/plugin-folder.ts";

const repository = path.resolve(import.meta.dirname, "../../../..");

/** A plugin with these dependencies, whose API is what the expression is worth. */
function plugin(name: string, dependencies: object, imports: string, expression: string, fields: object = {}): Files {
  return {
    [`plugins/${name}/metadata.json`]: {},
    [`plugins/${name}/package.json`]: { dependencies, ...fields },
    [`plugins/${name}/plugin.ts`]: `${imports}\nexport const initPlugin = () => (${expression});\n`,
  };
}

describe("loadPlugins with packages of the npm registry", () => {
  test("gives each plugin its own versions, binaries, and the application's peers", () => {
    using folder = createFolder({
      "package.json": { name: "application", version: "1.0.0", private: true, type: "module" },
      ...plugin("lodash-3", { lodash: "^3.10.1" }, 'import lodash from "lodash";', "lodash.VERSION"),
      ...plugin("lodash-4", { lodash: "^4.17.21" }, 'import lodash from "lodash";', "lodash.VERSION"),
      ...plugin(
        "chalk-4",
        { chalk: "^4.1.2" },
        'import chalk from "chalk"; import { createRequire } from "node:module";',
        '[typeof chalk.red, createRequire(import.meta.url)("chalk/package.json").version]',
      ),
      ...plugin(
        "chalk-5",
        { chalk: "^5.3.0" },
        'import chalk from "chalk"; import { readFileSync } from "node:fs";',
        '[typeof chalk.red, JSON.parse(readFileSync(new URL("../package.json", import.meta.resolve("chalk")), "utf8")).version]',
      ),
      ...plugin(
        "express-4",
        { express: "^4.21.0" },
        'import express from "express"; import { createRequire } from "node:module";',
        '[createRequire(import.meta.url)("express/package.json").version, express]',
      ),
      ...plugin(
        "express-5",
        { express: "^5.1.0" },
        'import express from "express"; import { createRequire } from "node:module";',
        '[createRequire(import.meta.url)("express/package.json").version, express]',
      ),
      ...plugin(
        "binary",
        { "@node-rs/bcrypt": "^1.10.7" },
        'import { hashSync, verifySync } from "@node-rs/bcrypt";',
        'verifySync("secret", hashSync("secret", 4))',
      ),
      ...plugin(
        "peer",
        { "express-promise-router": "^4.1.1" },
        `import express from "express"; import createRouter from "express-promise-router"; import { createRequire } from "node:module";`,
        `{
          own: express,
          seen: createRequire(import.meta.resolve("express-promise-router"))("express"),
          isRouter: typeof createRouter.default === "function" || typeof createRouter === "function",
        }`,
        { peerDependencies: { express: "^5.0.0" } },
      ),
      "app.js": `
        import { existsSync, readFileSync } from "node:fs";
        import express from "express";
        import { loadPlugins } from "@plugo/node";
        const manifest = readFileSync("package.json", "utf8");
        const host = await loadPlugins({ pluginDirectory: "plugins", hotReload: false });
        const peer = host.get("peer");
        console.log(JSON.stringify({
          problems: host.report.problems,
          "lodash-3": host.get("lodash-3"), "lodash-4": host.get("lodash-4"),
          "chalk-4": host.get("chalk-4"), "chalk-5": host.get("chalk-5"),
          "express-4": host.get("express-4")[0], "express-5": host.get("express-5")[0],
          isOwnExpress: host.get("express-4")[1] !== express && host.get("express-5")[1] !== express,
          binary: host.get("binary"),
          peer: [peer.own === express, peer.seen === express, peer.isRouter],
          untouched: readFileSync("package.json", "utf8") === manifest && !existsSync("package-lock.json"),
        }));
        await host.close();
      `,
    });
    mkdirSync(folder.at("node_modules/@plugo"), { recursive: true });
    symlinkSync(repository, folder.at("node_modules/@plugo/node"), "junction");
    symlinkSync(path.join(repository, "node_modules/express"), folder.at("node_modules/express"), "junction");
    const { ENABLED_PLUGINS: _, ...env } = process.env;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["app.js"], {
      cwd: folder.path,
      env: { ...env, NO_COLOR: "1" },
      encoding: "utf8",
      timeout: 240_000,
    });
    assert.equal(status, 0, stderr);
    const printed = JSON.parse(stdout) as Record<string, unknown>;
    const major = (value: unknown): string => String(value).split(".")[0]!;
    assert.deepEqual(
      {
        ...printed,
        ...Object.fromEntries(
          ["lodash-3", "lodash-4", "express-4", "express-5"].map((name) => [name, major(printed[name])]),
        ),
      },
      {
        problems: [],
        "lodash-3": "3",
        "lodash-4": "4",
        "chalk-4": ["function", (printed["chalk-4"] as string[])[1]],
        "chalk-5": ["function", (printed["chalk-5"] as string[])[1]],
        "express-4": "4",
        "express-5": "5",
        isOwnExpress: true,
        binary: true,
        peer: [true, true, true],
        untouched: true,
      },
      stderr,
    );
    assert.deepEqual(
      [major((printed["chalk-4"] as string[])[1]), major((printed["chalk-5"] as string[])[1])],
      ["4", "5"],
    );
  });
});

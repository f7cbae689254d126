import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadFrom } from "../support/load.ts";
import { nextReport } from "../support/next-report.ts";
import { createFolder } from "../support/plugin-folder.ts";

const live = { hotReload: true } as const;

/** Plugin "a" returns what this file exports as `label`. */
const cases: Record<string, { readonly code: string; readonly before: string; readonly after: string }> = {
  "plugin.ts beside plugin.js": { code: "", before: "a/plugin.js", after: "a/plugin.ts" },
  "x.ts beside x.js": { code: `export * from "./x";`, before: "a/x.js", after: "a/x.ts" },
  "x.js beside x.ts": { code: `export * from "./x.js";`, before: "a/x.ts", after: "a/x.js" },
  "x.ts beside x/index.ts": { code: `export * from "./x";`, before: "a/x/index.ts", after: "a/x.ts" },
  "a shared x.ts beside x.js": { code: `export * from "../shared/x";`, before: "shared/x.js", after: "shared/x.ts" },
  "a shared x.ts beside x/index.js": { code: `export * from "../x";`, before: "x/index.js", after: "x.ts" },
};

const exporting = (label: string): string => `export const initPlugin = () => "${label}";`;

describe("a file that takes the place of another", () => {
  for (const [title, { code, before, after }] of Object.entries(cases)) {
    test(`counts from when it is there: ${title}`, async () => {
      using folder = createFolder({
        "a/metadata.json": {},
        "b/metadata.json": {},
        "b/plugin.ts": exporting("b"),
        ...(code === "" ? {} : { "a/plugin.ts": code }),
        [before]: exporting("before"),
      });
      await using host = await loadFrom(folder, live);
      await host.settled();
      assert.equal(host.get("a"), "before");
      let change = nextReport(host);
      folder.write({ [after]: exporting("after") });
      assert.deepEqual((await change).loaded, ["a"]);
      assert.equal(host.get("a"), "after");
      change = nextReport(host);
      folder.remove(after);
      assert.deepEqual((await change).loaded, ["a"]);
      assert.equal(host.get("a"), "before");
    });
  }
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

describe("createNamespace", () => {
  test("keeps V8's fast properties, also for the next generation's exports of the same names", () => {
    const script = `
      import { createNamespace, defineExport } from ${JSON.stringify(import.meta.resolve("#src/engine/exports-object.js"))};
      const generations = Array.from({ length: 5 }, (_, generation) => {
        const namespace = createNamespace();
        for (let index = 0; index < 20; index += 1) defineExport(namespace, "name" + index, () => generation);
        return namespace;
      });
      console.log(JSON.stringify(generations.map((namespace) => %HasFastProperties(namespace))));`;
    const flags = ["--allow-natives-syntax", "--input-type=module", "-e", script];
    const fast: unknown = JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" }));
    assert.deepEqual(fast, [true, true, true, true, true]);
  });

  test("keeps them for constant exports of many different names", () => {
    const script = `
      import { createConstantNamespace, defineExport } from ${JSON.stringify(import.meta.resolve("#src/engine/exports-object.js"))};
      const namespaces = Array.from({ length: 4_000 }, (_, index) => {
        const namespace = createConstantNamespace();
        defineExport(namespace, "name" + index, null, index);
        defineExport(namespace, "initPlugin", null, () => index);
        return namespace;
      });
      const same = [1, 2].map((value) => {
        const namespace = createConstantNamespace();
        defineExport(namespace, "initPlugin", null, () => value);
        return namespace;
      });
      console.log(JSON.stringify([namespaces.every((each) => %HasFastProperties(each)), %HaveSameMap(same[0], same[1])]));`;
    const flags = ["--allow-natives-syntax", "--input-type=module", "-e", script];
    const [areFast, haveSameShape] = JSON.parse(
      execFileSync(process.execPath, flags, { encoding: "utf8" }),
    ) as boolean[];
    assert.deepEqual({ areFast, haveSameShape }, { areFast: true, haveSameShape: true });
  });

  test("has a bench that runs", () => {
    const script = fileURLToPath(import.meta.resolve("./hot-bindings.bench.js"));
    const output = execFileSync(process.execPath, [script, "1000"], { encoding: "utf8" });
    assert.match(output, /generation 4: .* times native/);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keepLines, loadFrom } from "../support/load.ts";
import { createFolder, plugin, tracingPlugin } from "../support/plugin-folder.ts";

/** What fails in the end of a plugin, and how that is told. */
interface EndFault {
  readonly code: string;
  readonly problem: "PLUGO_UNDO_FAILED" | "PLUGO_UNDO_TIMEOUT";
  readonly says: RegExp;
}

const throws = `throw new Error("still open");`;
const hangs = `return new Promise(() => {});`;
const init = (body: string): string => `export function initPlugin({ log }: any, plugin: any) {
  plugin.defer(() => log.push("undo broken"));
  ${body}
}`;

const faults: Readonly<Record<string, EndFault>> = {
  "a disposePlugin that throws": {
    code: `${init("")}\nexport function disposePlugin() { ${throws} }`,
    problem: "PLUGO_UNDO_FAILED",
    says: /^Disposing "broken": disposePlugin failed: Error: still open\n.*plugin\.ts:5:41/,
  },
  "a disposePlugin that hangs": {
    code: `${init("")}\nexport function disposePlugin() { ${hangs} }`,
    problem: "PLUGO_UNDO_TIMEOUT",
    says: /^Disposing "broken": disposePlugin did not finish within 30 ms\.$/,
  },
  "a deferred undo that throws": {
    code: init(`plugin.defer(() => { ${throws} }, "closing the pool");`),
    problem: "PLUGO_UNDO_FAILED",
    says: /^Disposing "broken": closing the pool failed: Error: still open\n.*plugin\.ts:3:30/,
  },
  "a deferred undo that rejects with nothing": {
    code: init(`plugin.defer(function closePool() { return Promise.reject(); });`),
    problem: "PLUGO_UNDO_FAILED",
    says: /^Disposing "broken": the undo closePool failed: undefined was thrown, which is no Error/,
  },
  "a deferred undo that hangs": {
    code: init(`plugin.defer(() => { ${hangs} }, "closing the pool");`),
    problem: "PLUGO_UNDO_TIMEOUT",
    says: /^Disposing "broken": closing the pool did not finish within 30 ms\.$/,
  },
  "a disposable that throws": {
    code: init(`plugin.use({ [Symbol.dispose]() { ${throws} } });`),
    problem: "PLUGO_UNDO_FAILED",
    says: /^Disposing "broken": the disposable Object failed: Error: still open/,
  },
  "an asynchronous disposable that hangs": {
    code: init(`plugin.use(new (class Pool { [Symbol.asyncDispose]() { ${hangs} } })());`),
    problem: "PLUGO_UNDO_TIMEOUT",
    says: /^Disposing "broken": the disposable Pool did not finish within 30 ms\.$/,
  },
  "a disposable without a class": {
    code: init(`plugin.use(Object.assign(Object.create(null), { [Symbol.dispose]() { ${throws} } }));`),
    problem: "PLUGO_UNDO_FAILED",
    says: /^Disposing "broken": the disposable Object failed: Error: still open/,
  },
  "a listener of the signal that throws nothing": {
    code: init(`plugin.defer(() => { plugin.defer(() => { ${throws} }, "an inner undo"); });`),
    problem: "PLUGO_UNDO_FAILED",
    says: /^Disposing "broken": an inner undo failed: Error: still open/,
  },
};

describe("the end of a plugin", () => {
  for (const [name, { code, problem, says }] of Object.entries(faults)) {
    for (const end of ["close", "reload", "disable"] as const) {
      test(`reports ${name}, runs the other undos and goes on (${end})`, async () => {
        const log: string[] = [];
        using folder = createFolder({
          ...plugin("ahead", tracingPlugin("ahead")),
          ...plugin("broken", code),
          ...plugin("dependent", tracingPlugin("dependent"), { dependencies: ["broken"] }),
          ...plugin("standing", tracingPlugin("standing")),
        });
        const logger = keepLines();
        const host = await loadFrom(folder, { context: { log }, logger, disposeTimeoutMs: 30 });
        assert.deepEqual([...host.loaded], ["ahead", "broken", "dependent", "standing"]);
        await (end === "close" ? host.close() : host[end]("broken"));

        const faultsTold = host.report.problems.filter((each) => each.code.startsWith("PLUGO_UNDO"));
        assert.deepEqual(
          faultsTold.map((each) => [each.plugin, each.code]),
          [["broken", problem]],
        );
        assert.match(faultsTold[0]?.message ?? "", says);
        assert.match(faultsTold[0]?.remedy ?? "", /^(?:Correct|Look for) .*; the remaining undos ran\.$/);
        assert.deepEqual(log.includes("undo broken"), true);
        assert.deepEqual(log.includes("undo ahead"), end === "close");
        assert.deepEqual(log.includes("undo dependent"), true);
        const told = logger.lines.filter((line) => line.startsWith('warn [broken] Disposing "broken"'));
        assert.equal(told.length, 1);
        assert.equal(host.loaded.has("ahead"), end !== "close");
        assert.equal(host.loaded.has("broken"), end === "reload");
        await host.close();
      });
    }
  }
});

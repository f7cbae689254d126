import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, mock, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { showInstallations } from "#src/environments/show-installations.js";
import { createConsoleLogger } from "#src/kernel/logger.js";
import { keepLines } from "../support/load.ts";

/** A terminal that keeps what is written to it. */
function createTerminal(): { readonly stream: NodeJS.WriteStream; readonly written: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 30 });
  let written = "";
  stream.on("data", (chunk: Buffer) => (written += chunk.toString()));
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => written };
}

describe("showInstallations", () => {
  test("writes a line for each step, and what the installer writes only when asked", () => {
    for (const showsOutput of [false, true]) {
      const logger = keepLines();
      const show = showInstallations(logger, { showsOutput, clock: { now: () => 0 } });
      show({ plugin: "shop", kind: "waiting", owner: "process 12" });
      show({ plugin: "shop", kind: "installing", packages: 1, installer: "npm" });
      show({ plugin: "shop", kind: "output", line: "npm warn old" });
      show({ plugin: "shop", kind: "installed", durationMs: 2_100 });
      show({ plugin: "shop", kind: "ended" });
      show({ plugin: undefined, kind: "installing", packages: 3, installer: "bun" });
      assert.deepEqual(logger.lines, [
        'info waiting for process 12, which installs packages for "shop"',
        'info installing 1 package for "shop" with npm',
        ...(showsOutput ? ["info shop: npm warn old"] : []),
        'info installed the packages of "shop" in 2.1 s',
        "info installing 3 packages for the application with bun",
      ]);
    }
  });

  test("lets no name steer the terminal", () => {
    const { stream, written } = createTerminal();
    const show = showInstallations(createConsoleLogger(stream), { showsOutput: false, clock: { now: () => 0 } });
    show({ plugin: "shop\u0007", kind: "installing", packages: 1, installer: "npm" });
    show({ plugin: "shop\u0007", kind: "ended" });
    assert.match(written(), /for "shop\\u0007"/);
    assert.ok(!written().includes("\u0007"));
  });

  test("keeps one line for each plugin at the end of a terminal, below what else is written, until it is done", (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const { stream, written } = createTerminal();
    const logger = createConsoleLogger(stream);
    const now = mock.fn(() => 0);
    const show = showInstallations(logger, { showsOutput: false, clock: { now } });
    show({ plugin: "shop", kind: "installing", packages: 2, installer: "npm" });
    show({ plugin: "blog", kind: "waiting", owner: "process 12" });
    now.mock.mockImplementation(() => 1_500);
    t.mock.timers.tick(100);
    assert.match(
      stripVTControlCharacters(written()),
      /installing 2 packages for "shop" with npm … 1\.5 s\n {2}waiting for process 12, which installs packages for "blog" … 1\.5 s\n$/,
    );
    const before = written().length;
    logger.warn("something else");
    // The lines are taken away, what stays is written, and they come again below it.
    assert.match(
      written().slice(before),
      // oxlint-disable-next-line no-control-regex -- what moves the cursor
      /\u001B\[2K\u001B\[1A\u001B\[2K.*something else\n.*installing 2 packages[^\n]*\n.*waiting for process 12[^\n]*\n[^\n]*$/s,
    );
    show({ plugin: "shop", kind: "installed", durationMs: 1_500 });
    show({ plugin: "shop", kind: "ended" });
    show({ plugin: "blog", kind: "ended" });
    const end = written().length;
    t.mock.timers.tick(1_000);
    assert.equal(written().length, end, "nothing is drawn any more");
    assert.match(stripVTControlCharacters(written()), /installed the packages of "shop" in 1\.5 s/);
  });
});

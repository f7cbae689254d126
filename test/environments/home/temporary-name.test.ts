import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isLeftover, temporaryName } from "#src/environments/home/temporary-name.js";

const day = 86_400_000;

describe("isLeftover", () => {
  test("holds for what belongs to a process that has ended, and never for one that runs, whatever the clock says", async () => {
    const module = import.meta.resolve("#src/environments/home/temporary-name.js");
    const code = `
      import { temporaryName } from ${JSON.stringify(module)};
      console.log(temporaryName("staging"));
      process.stdin.resume();
    `;
    const other = spawn(process.execPath, ["--input-type=module", "-e", code], {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [line] = (await once(other.stdout.setEncoding("utf8"), "data")) as [string];
    const name = line.trim();
    assert.equal(isLeftover(name, 0), false);
    if (process.platform === "linux") assert.equal(isLeftover(name, day), false);
    other.stdin.end();
    await once(other, "exit");
    assert.equal(isLeftover(name, 0), true);
    assert.equal(isLeftover(temporaryName("staging"), day), false);
  });

  test("holds after an hour for what belongs to another machine, and for nothing that is not temporary", () => {
    const foreign = ".tmp-staging-00000000-1-x-0123456789ab";
    assert.deepEqual([isLeftover(foreign, day / 48), isLeftover(foreign, day)], [false, true]);
    assert.equal(isLeftover("shop-1.0.0-0123456789ab", day), false);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bunTool } from "#src/environments/installers/bun-tool.js";
import { installFailure } from "#src/environments/installers/install-failure.js";
import type { InstallerTool } from "#src/environments/installers/installer-tool.js";
import { npmTool } from "#src/environments/installers/npm-tool.js";
import { pnpmTool } from "#src/environments/installers/pnpm-tool.js";

/** What installers write about what a test cannot bring about. */
const outputs: readonly (readonly [InstallerTool, string, string])[] = [
  [npmTool, "npm error code ENOSPC\nnpm error syscall write", "(npm: ENOSPC). The disk is full."],
  [bunTool, "error: ENOSPC extracting tarball from sharp", "(bun: ENOSPC). The disk is full."],
  [pnpmTool, " ERR_PNPM_ENOSPC  ENOSPC: no space left on device, write", "(pnpm: ERR_PNPM_ENOSPC). The disk is full."],
  [
    npmTool,
    "npm error code EACCES\nnpm error syscall mkdir\nnpm error path /root/.npm",
    "(npm: EACCES). A folder that it writes to, its cache or the environment's, does not allow that.",
  ],
  [
    npmTool,
    'npm error code EBADENGINE\nnpm error engine Unsupported engine\nnpm error engine Not compatible with your version of node/npm: new-only@1.0.0\nnpm error notsup Required: {"node":">=99"}',
    `(npm: EBADENGINE). "new-only@1.0.0" does not run on Node.js ${process.versions.node}.`,
  ],
  [
    pnpmTool,
    ' ERR_PNPM_UNSUPPORTED_ENGINE  Unsupported environment (bad pnpm and/or Node.js version)\nYour Node version is incompatible with "new-only@1.0.0".',
    `(pnpm: ERR_PNPM_UNSUPPORTED_ENGINE). "new-only@1.0.0" does not run on Node.js ${process.versions.node}.`,
  ],
  [
    pnpmTool,
    'Error: ERR_PNPM_UNSUPPORTED_ENGINE\n  × installing dependencies\n  ╰─▶ Unsupported engine for new-only@1.0.0: wanted: {"node":">=99"}',
    `(pnpm: ERR_PNPM_UNSUPPORTED_ENGINE). "new-only@1.0.0" does not run on Node.js ${process.versions.node}.`,
  ],
  [
    npmTool,
    'npm error code EBADPLATFORM\nnpm error notsup Unsupported platform for for-aix@1.0.0: wanted {"os":"aix"}',
    `(npm: EBADPLATFORM). "for-aix@1.0.0" is not made for ${process.platform} ${process.arch}.`,
  ],
  [
    npmTool,
    "npm error code E403\nnpm error 403 403 Forbidden - GET https://r.example/@a%2fb - no",
    '(npm: E403). The registry does not let this user read "@a/b".',
  ],
  [
    npmTool,
    "npm error code FETCH_ERROR\nnpm error invalid json response body at http://r.example/sharp reason: Unexpected token '<'",
    "(npm: FETCH_ERROR). What answers at http://r.example/sharp is not a registry: a proxy or a login page, say.",
  ],
  [npmTool, "npm error code EWHATEVER", "(npm: EWHATEVER). What it says stands below."],
  [npmTool, "Segmentation fault", "(npm: exit code 1). What it says stands below."],
];

describe("installFailure", () => {
  for (const [tool, output, message] of outputs) {
    it(`says of ${tool.name} what "${output.replaceAll(/\s+/g, " ").slice(0, 60)}" means`, () => {
      const lines = output.split("\n");
      const error = installFailure(tool, request, { how: "exited", exitCode: 1, lines });
      const shown = lines.map((line) => `\n  ${line}`).join("");
      assert.equal(error.message, `The npm dependencies of "sample" cannot be installed ${message}${shown}`);
      assert.equal(error.plugin, "sample");
    });
  }

  it("shows the last 40 lines, and reads all that were kept", () => {
    const lines = ["npm error code E404", ...Array.from({ length: 100 }, (_, index) => `line ${index + 1}`)];
    const { message } = installFailure(npmTool, request, { how: "exited", exitCode: 1, lines });
    assert.match(message, /\(npm: E404\)/);
    assert.deepEqual(
      message.split("\n").slice(1),
      lines.slice(-40).map((line) => `  ${line}`),
    );
  });

  it("says that it is about the application when it is about no plugin", () => {
    const error = installFailure(npmTool, { ...request, plugin: undefined }, { how: "timed out", lines: ["a"] });
    assert.equal(
      error.message,
      "Installing the npm dependencies of the application with npm took longer than 5000 ms and was ended.\n  a",
    );
    assert.equal(error.plugin, undefined);
  });

  it("says when the installer was ended by a signal, and when it was not started", () => {
    const killed = installFailure(npmTool, request, { how: "exited", exitCode: null, lines: [] });
    assert.match(killed.message, /\(npm: a signal\)/);
    const absent = installFailure(npmTool, request, { how: "not started", reason: "spawn ENOENT", lines: [] });
    assert.match(absent.message, /It could not be started: spawn ENOENT\.$/);
  });
});

const request = { plugin: "sample", timeoutMs: 5000 };

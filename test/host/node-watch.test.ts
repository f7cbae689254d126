import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { createFolder } from "../support/plugin-folder.ts";

const plugin = (text: string): string =>
  `import { suffix } from "./suffix.ts"; export function initPlugin(): string { return "${text}" + suffix; }`;

/** Says that it has started, and reloads and answers when it is asked. */
const app = `
  import { createServer } from "node:http";
  import { loadPlugins } from ${JSON.stringify(import.meta.resolve("@plugo/node"))};
  import { version } from "./version.mjs";
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const host = await loadPlugins({ pluginDirectory: "plugins", logger, env: {}, plugins: [] });
  const server = createServer(async (_, response) => {
    await host.reload();
    response.end(host.get("a") + " " + process.pid);
  });
  server.listen(0, "127.0.0.1", () => console.log("STARTED " + version + " " + server.address().port));
`;

/** Several times as long as `node --watch` gathers changes before it restarts. */
const watchedMs = 1_000;

/** Node.js 20 runs no TypeScript. */
const runsTypeScript = "typescript" in process.features && process.features.typescript !== false;

for (const entry of runsTypeScript ? ["app.mjs", "app.ts"] : ["app.mjs"]) {
  test(`node --watch ${entry} restarts for a host file and not for a plugin's`, { timeout: 60_000 }, async () => {
    using folder = createFolder({
      [entry]: app,
      "version.mjs": "export const version = 1;",
      "plugins/a/metadata.json": {},
      "plugins/a/plugin.ts": plugin("zero"),
      "plugins/a/suffix.ts": `export const suffix: string = "!";`,
    });
    const child = spawn(process.execPath, ["--watch", folder.at(entry)], {
      cwd: folder.path,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const starts = startsOf(child);
      const first = await nextStart(starts);
      const [before, pid] = await ask(first.port);
      assert.equal(before, "zero!");
      folder.write({
        "plugins/a/plugin.ts": plugin("one"),
        "plugins/a/suffix.ts": `export const suffix = "?";`,
      });
      // No further edit: node --watch starts its wait anew with each one.
      for (const end = performance.now() + watchedMs; performance.now() < end;) {
        // Whatever was restarted would have another id, or refuse the connection.
        assert.deepEqual(await ask(first.port), ["one?", pid]);
      }
      folder.write({ "version.mjs": "export const version = 2;" });
      const second = await nextStart(starts);
      assert.equal(second.version, "2", "the very next start is that of the host file's edit");
      assert.notEqual((await ask(second.port))[1], pid);
    } finally {
      child.kill("SIGTERM");
      await once(child, "close");
    }
  });
}

interface Start {
  readonly version: string;
  readonly port: string;
}

async function* startsOf({ stdout }: ChildProcess): AsyncGenerator<Start> {
  for await (const line of createInterface({ input: stdout! })) {
    const [, version, port] = /^STARTED (\S+) (\S+)$/.exec(line) ?? [];
    if (version !== undefined && port !== undefined) yield { version, port };
  }
}

async function nextStart(starts: AsyncGenerator<Start>): Promise<Start> {
  const { value, done } = await starts.next();
  assert.equal(done, false, "It ended.");
  return value;
}

async function ask(port: string): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${port}`, { headers: { connection: "close" } });
  return (await response.text()).split(" ");
}

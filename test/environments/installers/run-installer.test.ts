import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { describe, it } from "node:test";
import { runInstaller, type InstallerEnd, type InstallerRun } from "#src/environments/installers/run-installer.js";
import { createFolder } from "../../support/plugin-folder.ts";
import { isRunning, listenForPids } from "./hanging-processes.ts";

describe("runInstaller", () => {
  it("gives each line of both outputs, without colours, and the exit code", async () => {
    const lines: string[] = [];
    const code = String.raw`
      process.stdout.write("one\r\n\u001B[31mtwo\u001B[0m\nprogress 1\rprogress 2\n\n");
      process.stderr.write("sch\u00F6n");
      process.exitCode = 3;
    `;
    const end = await run(code, { onOutput: (line) => void lines.push(line) });
    assert.deepEqual(lines.toSorted(), ["one", "progress 1", "progress 2", "schön", "two"]);
    assert.deepEqual([end.how, "exitCode" in end && end.exitCode, end.lines.length], ["exited", 3, 5]);
  });

  it("puts characters together that arrive in parts", async () => {
    const code = `
      process.stdout.write(Buffer.from([0xc3]), () => setImmediate(() => process.stdout.write(Buffer.from([0xb6, 0x0a]))));
    `;
    assert.deepEqual((await run(code)).lines, ["ö"]);
  });

  it("leaves no listener on the process", async () => {
    const before = process.listenerCount("exit");
    await run("");
    assert.equal(process.listenerCount("exit"), before);
  });

  it("keeps the last lines of a long output", async () => {
    const end = await run(`for (let i = 1; i <= 1000; i += 1) console.log("line " + i);`);
    assert.equal(end.lines.length, 200);
    assert.equal(end.lines.at(-1), "line 1000");
  });

  it("gives no input: what asks, gets the end of it", async () => {
    const end = await run(`process.stdin.on("end", () => console.log("no answer")).resume();`);
    assert.deepEqual(end.lines, ["no answer"]);
  });

  it("says why what is not there cannot be started", async () => {
    const end = await run("", { program: { command: "/not/there", leading: [] } });
    assert.equal(end.how, "not started");
    assert.match("reason" in end ? end.reason : "", /ENOENT/);
  });

  it("starts nothing when it is aborted or out of time before", async () => {
    const onOutput = (): void => assert.fail("It was started.");
    const code = `console.log("started")`;
    assert.equal((await run(code, { signal: AbortSignal.abort(), onOutput })).how, "aborted");
    assert.equal((await run(code, { timeoutMs: 0, onOutput })).how, "timed out");
  });

  it("lets a process that is told to end do so by itself", async () => {
    const ending = new AbortController();
    const code = `
      process.on("SIGTERM", () => { console.log("tidied up"); process.exit(); });
      setTimeout(() => {}, 60_000);
      console.log("ready");
    `;
    const end = await run(code, { signal: ending.signal, onOutput: (line) => line === "ready" && ending.abort() });
    assert.deepEqual([end.how, end.lines], ["aborted", ["ready", "tidied up"]]);
  });

  it("kills a process that does not end when it is told to", async () => {
    const ending = new AbortController();
    const code = `
      process.on("SIGTERM", () => console.log("not now"));
      setTimeout(() => {}, 600_000);
      console.log("ready");
    `;
    const end = await run(code, { signal: ending.signal, onOutput: (line) => line === "ready" && ending.abort() });
    assert.deepEqual([end.how, end.lines], ["aborted", ["ready", "not now"]]);
  });

  it("ends what runs for longer than its time limit", async () => {
    assert.equal((await run("setTimeout(() => {}, 600_000)", { timeoutMs: 300 })).how, "timed out");
  });

  it("ends what a process leaves behind, also when it came to a good end", async () => {
    await using listener = await listenForPids(1);
    const code = `
      const { spawn } = require("node:child_process");
      const tell = "fetch('http://127.0.0.1:${listener.port}/' + process.pid); setTimeout(() => {}, 60_000)";
      spawn(process.execPath, ["-e", tell], { stdio: "ignore" });
      require("node:http").get("http://127.0.0.1:${listener.port}/wait", () => process.exit(0));
    `;
    const end = await run(code);
    assert.deepEqual([end.how, "exitCode" in end && end.exitCode], ["exited", 0]);
    assert.deepEqual((await listener.pids).filter(isRunning), []);
  });

  it("does not wait for what has left the group and keeps the output open", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    // It ends when the connection does.
    const stays = `require("node:net").connect(${port}, "127.0.0.1").on("close", () => process.exit()).resume()`;
    const connected = once(server, "connection") as Promise<[Socket]>;
    const end = await run(`
      const { spawn } = require("node:child_process");
      spawn(process.execPath, ["-e", ${JSON.stringify(stays)}], { stdio: "inherit", detached: true }).unref();
    `);
    assert.equal(end.how, "exited");
    const [socket] = await connected;
    socket.destroy();
    server.close();
  });

  for (const [how, listens] of [
    ["exits", 'process.on("SIGTERM", () => process.exit(0));'],
    ["is ended by a signal", ""],
  ] as const) {
    it(`ends the group when this process ${how}`, { timeout: 20_000 }, async () => {
      await using listener = await listenForPids(1);
      const module = import.meta.resolve("#src/environments/installers/run-installer.js");
      // A connection that nothing but the end of the process ends.
      const hangs = `
      const socket = require("node:net").connect(${listener.port}, "127.0.0.1").resume();
      socket.write("GET /" + process.pid + " HTTP/1.1\\r\\nHost: test\\r\\n\\r\\n");
    `;
      const code = `
      import { runInstaller } from ${JSON.stringify(module)};
      runInstaller({
        program: { command: process.execPath, leading: ["-e", ${JSON.stringify(hangs)}] },
        args: [], folder: process.cwd(), env: process.env, timeoutMs: 60_000,
        signal: new AbortController().signal, onOutput() {},
      });
      ${listens}
    `;
      const host = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "ignore" });
      const [pid = 0] = await listener.pids;
      host.kill("SIGTERM");
      const [, signal] = (await once(host, "exit")) as [number | null, NodeJS.Signals | null];
      assert.equal(signal, listens === "" ? "SIGTERM" : null);
      await listener.isGone(pid);
    });
  }
});

async function run(code: string, options: Partial<InstallerRun> = {}): Promise<InstallerEnd> {
  using folder = createFolder({ "code.cjs": code });
  return await runInstaller({
    program: { command: process.execPath, leading: [folder.at("code.cjs")] },
    args: [],
    folder: folder.path,
    env: process.env,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    onOutput: () => {},
    ...options,
  });
}

import { existsSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where processes tell their ids. */
export interface PidListener extends AsyncDisposable {
  readonly port: number;
  /** Resolves when as many have told theirs as are expected. */
  readonly pids: Promise<readonly number[]>;
  /** Resolves when a process that was told to end has done so. */
  isGone(pid: number): Promise<void>;
}

/**
 * Listens until so many processes have told their ids, each by a request to `/<pid>`. A request to `/wait` is answered
 * when they have. The connections of those that run stay open.
 */
export async function listenForPids(count: number): Promise<PidListener> {
  const told: number[] = [];
  const waiting: ServerResponse[] = [];
  const closed = new Map<number, Promise<void>>();
  let resolveAll: ((pids: readonly number[]) => void) | undefined;
  const pids = new Promise<readonly number[]>((resolve) => {
    resolveAll = resolve;
  });
  const server = createServer((request, response) => {
    if (request.url === "/wait") waiting.push(response);
    else {
      const pid = Number(request.url?.slice(1));
      told.push(pid);
      // The answer never ends, so the connection ends with the process.
      response.write("noted");
      closed.set(pid, new Promise((resolve) => void request.socket.once("close", () => resolve())));
    }
    if (told.length < count) return;
    for (const each of waiting.splice(0)) each.end();
    resolveAll?.(told);
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    pids,
    isGone: async (pid) => closed.get(pid),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/**
 * A script that ignores SIGTERM and goes on for a minute, as does what it starts. Three processes tell their ids: the
 * two, and the one that runs the script.
 */
export function hangingScript(port: number): string {
  return `
    const { spawn } = require("node:child_process");
    process.on("SIGTERM", () => {});
    const tell = (pid) => fetch("http://127.0.0.1:${port}/" + pid);
    if (process.argv[2] !== "child") {
      spawn(process.execPath, [__filename, "child"], { stdio: "ignore" });
      tell(process.ppid);
    }
    tell(process.pid);
    setTimeout(() => {}, 60_000);
  `;
}

/** Whether a process still does something: one that has ended may wait to be collected by its parent. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const status = `/proc/${pid}/stat`;
    return !existsSync(status) || !/\) Z /.test(readFileSync(status, "utf8"));
  } catch {
    return false;
  }
}

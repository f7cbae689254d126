/** What Node.js calls the resources that plugins forget to close, in small letters, and what people call them. */
const names: Readonly<Record<string, string>> = {
  fseventwrap: "file watcher",
  messageport: "worker or message port",
  pipeserverwrap: "server",
  pipewrap: "pipe",
  processwrap: "child process",
  signalwrap: "signal handler",
  statwatcher: "file watcher",
  tcpserverwrap: "server",
  tcpsocketwrap: "socket",
  tcpwrap: "socket",
  timeout: "timer",
  udpwrap: "datagram socket",
  worker: "worker",
};

/**
 * What people call a kind of resource, by its name in `process.getActiveResourcesInfo()` or in `node:async_hooks`;
 * `undefined` when it ends by itself.
 */
export function nameOfResource(kind: string): string | undefined {
  return names[kind.toLowerCase()];
}

/** How many resources of each kind keep the process alive now. */
export function countResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** The kinds of which there are at least `fewest` more than before, in words. */
export function grownResources(before: ReadonlyMap<string, number>, fewest: number): string[] {
  const grown: string[] = [];
  for (const [kind, count] of countResources()) {
    const more = count - (before.get(kind) ?? 0);
    const name = nameOfResource(kind);
    if (name !== undefined && more >= fewest) grown.push(`an open ${name} (${kind}, ${more} more than before)`);
  }
  return grown;
}

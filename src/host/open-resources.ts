/** What Node.js calls the resources that plugins forget to close, and what people call them. */
const names: Readonly<Record<string, string>> = {
  FSEventWrap: "file watcher",
  MessagePort: "worker or message port",
  PipeServerWrap: "server",
  PipeWrap: "pipe",
  ProcessWrap: "child process",
  SignalWrap: "signal handler",
  StatWatcher: "file watcher",
  TCPServerWrap: "server",
  TCPSocketWrap: "socket",
  Timeout: "timer",
  UDPWrap: "datagram socket",
};

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
    const name = names[kind];
    if (name !== undefined && more >= fewest) grown.push(`an open ${name} (${kind}, ${more} more than before)`);
  }
  return grown;
}

import { readFileSync } from "node:fs";

/**
 * Runs `load` once and prints, as one line of JSON, how long it took (ms), how much of that the main thread was running
 * (ms; absent where the system does not tell), what it counted, and the memory afterwards (bytes; heap and external after
 * garbage collection when it is exposed).
 *
 * @param {() => number | Promise<number>} load
 */
export async function report(load) {
  const collect = globalThis.gc ?? (() => {});
  collect();
  const before = process.memoryUsage();
  mainThreadMilliseconds();
  const ranBefore = mainThreadMilliseconds();
  const start = performance.now();
  const count = await load();
  const milliseconds = performance.now() - start;
  const running = mainThreadMilliseconds() - ranBefore;
  for (let turn = 0; turn < 5; turn += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const after = process.memoryUsage();
  const used = (memory) => memory.heapUsed + memory.external;
  const memory = { heap: used(after) - used(before), rss: after.rss - before.rss };
  console.log(JSON.stringify({ milliseconds, ...(running > 0 && { running }), count, ...memory }));
}

/** How long the main thread has been running; what else the machine does hardly counts. Only Linux tells. */
function mainThreadMilliseconds() {
  if (process.platform !== "linux") return 0;
  const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(nanoseconds) / 1e6;
}

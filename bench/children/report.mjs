/**
 * Runs `load` once and prints, as one line of JSON, how long it took (ms), what it counted, and the memory afterwards
 * (bytes; heap and external after garbage collection when it is exposed).
 *
 * @param {() => number | Promise<number>} load
 */
export async function report(load) {
  const collect = globalThis.gc ?? (() => {});
  collect();
  const before = process.memoryUsage();
  const start = performance.now();
  const count = await load();
  const milliseconds = performance.now() - start;
  for (let turn = 0; turn < 5; turn += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const after = process.memoryUsage();
  const used = (memory) => memory.heapUsed + memory.external;
  console.log(JSON.stringify({ milliseconds, count, heap: used(after) - used(before), rss: after.rss - before.rss }));
}

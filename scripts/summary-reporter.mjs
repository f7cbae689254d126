/** A reporter for `node --test` that prints the closing counts alone, in TAP's words. */
const count = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /;

export default async function* summaryReporter(events) {
  const lines = [];
  for await (const { type, data } of events) {
    if (type === "test:diagnostic" && data.nesting === 0 && count.test(data.message)) lines.push(`# ${data.message}\n`);
  }
  yield* lines;
}

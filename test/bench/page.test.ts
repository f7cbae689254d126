import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";

interface Comparison {
  readonly title: string;
  readonly baseline: string;
  readonly main?: string;
  readonly why: string;
}

interface Part {
  readonly name: string;
  readonly title: string;
  readonly script: string;
  readonly comparisons: Readonly<Record<string, Comparison>>;
}

interface Result {
  readonly records: Readonly<Record<string, { readonly points: string[]; readonly cases: Record<string, number[][]> }>>;
}

interface Page {
  readonly renderPage: (
    parts: readonly object[],
    results: object,
  ) => { readonly page: string; readonly plots: Readonly<Record<string, string>> };
  readonly readResults: (folder: string) => Record<string, Result>;
}

const root = path.resolve(import.meta.dirname, "../../..");
const docs = path.join(root, "docs");
const load = (file: string): Promise<unknown> => import(pathToFileURL(path.join(root, "bench", file)).href);
const { renderPage, readResults } = (await load("harness/page.mjs")) as Page;
const { parts } = (await load("parts.mjs")) as { parts: readonly Part[] };
const results = readResults(docs);

describe("docs/benchmarks.md", () => {
  const written = (file: string): string => readFileSync(path.join(docs, file), "utf8").replaceAll("\r\n", "\n");

  it("is what `node bench/render.mjs` makes of its results, and so are the plots", () => {
    const { page, plots } = renderPage(parts, results);
    assert.equal(page, written("benchmarks.md"));
    for (const [file, text] of Object.entries(plots)) assert.equal(text, written(`benchmarks/${file}`), file);
  });

  it("has every part, with the script that measures it", () => {
    const page = written("benchmarks.md");
    for (const { title, script } of parts) {
      assert.ok(page.includes(`\n## ${title}\n\n\`node ${script}\``), title);
      assert.ok(existsSync(path.join(root, script)), script);
    }
  });

  it("has for each comparison the baseline, and plugo's case, with three rounds and more", () => {
    for (const { name, comparisons } of parts) {
      for (const [id, { baseline, main }] of Object.entries(comparisons)) {
        const record = results[name]?.records[id];
        assert.ok(record !== undefined, `${name} ${id} was not measured`);
        for (const one of [baseline, ...(main === undefined ? [] : [main])]) {
          assert.ok(one in record.cases, `${name} ${id}: ${one}`);
          for (const values of record.cases[one]!) assert.ok(values.length >= 3, `${name} ${id}: ${one}`);
        }
      }
    }
  });
});

describe("renderPage", () => {
  const part = {
    name: "sample",
    title: "Sample",
    script: "bench/sample.mjs",
    comparisons: {
      time: {
        title: "Time",
        unit: "ms",
        baseline: "other",
        main: "plugo",
        plot: { kind: "bars" },
        about: "What was run.",
        why: "That is why.",
      },
    },
  };
  const measured = (cases: object): object => ({
    sample: {
      date: "2026-01-02",
      node: "v24.0.0",
      machine: "linux x64",
      packages: ["other 1.0.0"],
      seconds: 30,
      records: { time: { points: ["all"], cases } },
    },
  });

  it("says what was run, when, on what, and the ratio of the rounds with its spread", () => {
    const { page, plots } = renderPage([part], measured({ other: [[10, 20, 40]], plugo: [[5, 20, 10]] }));
    const said =
      "`node bench/sample.mjs` ([source](../bench/sample.mjs)), 2026-01-02, Node.js 24.0.0, linux x64, 3 rounds";
    assert.ok(page.includes(`${said}; other 1.0.0.`), page);
    assert.ok(page.includes("| **plugo** | 0.50 (0.25–1.00), 10 ms |"), page);
    assert.ok(page.includes("| other | 1, 20 ms |"), page);
    assert.ok(page.includes("Nowhere in these results."), page);
    assert.match(plots["sample-time.svg"]!, /^<svg .*<\/svg>\n$/s);
  });

  it("says where plugo is not first, what is better, and why", () => {
    const { page } = renderPage([part], measured({ other: [[10, 20, 40]], plugo: [[15, 30, 60]], third: [[5, 5, 5]] }));
    assert.ok(page.includes("- **[Time](#time)**. Better: third (0.25), other (1.00). That is why."), page);
    assert.ok(page.includes("Rank of plugo: 3 of 3. That is why."), page);
  });

  it("shows what was not run as such, and leaves out parts that were not measured", () => {
    const { page } = renderPage(
      [part, { ...part, name: "absent", title: "Absent" }],
      measured({ other: [[1]], plugo: [[1]], third: [[]] }),
    );
    assert.ok(page.includes("| third | – |"), page);
    assert.ok(!page.includes("Absent"), page);
  });
});

describe("roundsWithin", () => {
  it("counts three rounds when there is no time, and no more than are wanted", async () => {
    const { roundsWithin } = (await load("harness/rounds-within.mjs")) as {
      readonly roundsWithin: (rounds: number, seconds: number) => Iterable<number>;
    };
    assert.deepEqual([...roundsWithin(5, 0)], [0, 1, 2]);
    assert.deepEqual([...roundsWithin(2, 0)], [0, 1]);
    assert.deepEqual([...roundsWithin(5, 60)], [0, 1, 2, 3, 4]);
  });
});

describe("medianInterval", () => {
  it("is the least and the greatest of a few values, and narrower with more", async () => {
    const { medianInterval } = (await load("harness/statistics.mjs")) as {
      readonly medianInterval: (values: readonly number[]) => readonly [number, number];
    };
    assert.deepEqual(medianInterval([3, 1, 2]), [1, 3]);
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    assert.deepEqual(medianInterval(hundred), [41, 60]);
  });
});

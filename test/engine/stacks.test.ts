import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { createBench, inPlugin } from "./engine-bench.ts";

const thrower = `enum Level {
  Low,
  High = "high",
}
namespace Inner {
  export const level = Level.High;
}
import { sep } from "node:path";

interface Wide {
  readonly a: string;
}

export class Service {
  constructor(private readonly wide: Wide) {}

  run(): never {
    throw new Error(this.wide.a + Inner.level + sep);
  }
}
export const rethrow = async (): Promise<void> => {
  await Promise.resolve();
  new Service({ a: "x" }).run();
};
`;

/** Every \`file:line:column\` of a stack that names the file. */
function places(stack: string, file: string): string[] {
  return stack
    .split("\n")
    .flatMap((line) => new RegExp(`${file.replace(".", "\\.")}:(\\d+:\\d+)`).exec(line)?.[1] ?? []);
}

describe("Engine.mapStack", () => {
  for (const cache of [true, false]) {
    test(`points at the lines of the TypeScript source, ${cache ? "with" : "without"} a cache on disk`, async () => {
      using bench = createBench(inPlugin({ "plugin.ts": thrower }), { cache });
      const { namespace } = await bench.load();
      bench.engine.flush();
      const error: Error = await namespace["rethrow"]().catch((thrown: unknown) => thrown);
      const stack = bench.engine.mapStack(error);
      assert.match(stack, /^Error: xhigh/);
      assert.deepEqual(places(stack, "plugin.ts"), ["18:11", "23:27"]);
      assert.doesNotMatch(stack, /file:.*plugin\.ts/);
    });
  }

  test("maps nothing twice", async () => {
    using bench = createBench(inPlugin({ "plugin.ts": thrower }));
    const { namespace } = await bench.load();
    const error: Error = await namespace["rethrow"]().catch((thrown: unknown) => thrown);
    const once = bench.engine.mapStack(error);
    error.stack = once;
    assert.equal(bench.engine.mapStack(error), once);
  });

  test("points at the lines of CommonJS files, also where import() was rewritten", async () => {
    using bench = createBench(
      inPlugin({
        "plugin.ts": "export { default } from './a.cjs'; export { default as b } from './b.cjs';",
        "a.cjs": "// one\nmodule.exports = () => {\n  throw new Error('a');\n};\n",
        "b.cjs": "// one\n\n\nmodule.exports = async () => {\n  await import('node:path'); throw new Error('b');\n};\n",
      }),
    );
    const { namespace } = await bench.load();
    const [a, b] = await Promise.all(
      ["default", "b"].map(async (name) => {
        try {
          return await namespace[name]();
        } catch (error) {
          return bench.engine.mapStack(error);
        }
      }),
    );
    assert.deepEqual(places(a, "a.cjs"), ["3:9"]);
    assert.deepEqual(places(b, "b.cjs"), ["5:36"]);
  });

  test("points into the generation that threw, when it is told which", async () => {
    using bench = createBench(inPlugin({ "plugin.ts": "export const f = () => { throw new Error('x'); };" }), {
      cache: true,
    });
    const first = await bench.load();
    bench.folder.write(inPlugin({ "plugin.ts": "type A = 1;\n\n\nexport const f = () => { throw new Error('x'); };" }));
    const second = await bench.load({ previous: first });
    bench.engine.flush();
    const stackOf = (modules: typeof first): Error => {
      try {
        return modules.namespace["f"]();
      } catch (error) {
        return error as Error;
      }
    };
    assert.deepEqual(places(bench.engine.mapStack(stackOf(first), first), "plugin.ts"), ["1:32"]);
    assert.deepEqual(places(bench.engine.mapStack(stackOf(second)), "plugin.ts"), ["4:32"]);
  });

  for (const thrown of [undefined, null, 1, "text", {}, { stack: 1 }, Object.freeze(new Error("frozen"))]) {
    test(`never throws, not for ${inspect(thrown, { depth: 0 }).split("\n")[0]}`, () => {
      using bench = createBench();
      assert.equal(typeof bench.engine.mapStack(thrown), "string");
    });
  }

  test("leaves the mapping to Node.js under --enable-source-maps", () => {
    using bench = createBench(inPlugin({ "plugin.ts": thrower }));
    const output = runChild(
      bench.folder.at("plugins/p"),
      ["--enable-source-maps"],
      `
      const { namespace } = await load();
      const error = await namespace.rethrow().catch((thrown) => thrown);
      console.log(JSON.stringify([error.stack, engine.mapStack(error)]));
    `,
    );
    const [own, mapped] = JSON.parse(output) as [string, string];
    assert.deepEqual(places(own, "plugin.ts"), ["18:11", "23:27"]);
    assert.equal(mapped, own);
  });
});

/** Runs code in a Node.js of its own, with an engine and a plugin's folder at hand. */
function runChild(folder: string, flags: readonly string[], code: string): string {
  const script = `
    import { createRunnerEngine } from ${JSON.stringify(import.meta.resolve("#src/engine/runner-engine.js"))};
    const engine = createRunnerEngine({ cacheFolder: undefined, logger: console });
    const folder = ${JSON.stringify(folder)};
    const load = (more) => engine.load({
      plugin: "p", generation: 1, folder, environment: null, entry: folder + "/plugin.ts",
      owners: { ownerOf: () => ({ kind: "plugin", name: "p" }) },
      dependency: () => undefined, declares: () => false, timers: () => globalThis, previous: undefined, restore: false, ...more,
    });
    ${code}`;
  return execFileSync(process.execPath, [...flags, "--input-type=module", "-e", script], { encoding: "utf8" });
}

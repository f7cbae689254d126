import { describe, test } from "node:test";
import { editAtRandom } from "./random-edits.ts";

/** `npm run test:soak` asks for more. */
const edits = Number(process.env["PLUGO_TEST_EDITS"] ?? 60);

describe("random edits of 20 plugins", () => {
  for (const seed of [1, 2, 3]) {
    test(`one at a time leave exactly what the model says (seed ${seed})`, () =>
      editAtRandom({ seed, edits, burst: 1 }));
  }
  test("in bursts leave no plugin with an old dependency", () => editAtRandom({ seed: 4, edits, burst: 5 }));
});

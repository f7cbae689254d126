import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { textTable } from "#src/cli/text-table.js";
import { wrapText } from "#src/cli/wrap-text.js";

describe("wrapText", () => {
  test("goes on below where the text began, between words", () => {
    const text = "blocked: hello needs my_base, which does not exist";
    assert.equal(wrapText(text, 4, 34), ["blocked: hello needs my_base,", "    which does not exist"].join("\n"));
  });

  test("leaves text as it is where it fits, where no terminal is, and where there is no room", () => {
    const text = "a text of some length that is not short";
    for (const [indent, columns] of [
      [0, text.length],
      [10, undefined],
      [65, 80],
    ] as const) {
      assert.equal(wrapText(text, indent, columns), text);
    }
  });

  test("keeps a word that is longer than a line", () => {
    const path = "/a/path/that/is/longer/than/the/line/it/is/on";
    assert.equal(wrapText(`see ${path} now`, 2, 30), `see\n  ${path}\n  now`);
  });
});

describe("textTable", () => {
  test("continues the last cell below itself in a narrow terminal", () => {
    const row = [{ text: "name" }, { text: "1.0.0" }, { text: "in the plugin directory of the application" }];
    assert.equal(
      textTable([row], 40),
      ["name  1.0.0  in the plugin directory of", "             the application"].join("\n"),
    );
    assert.equal(textTable([row]).split("\n").length, 1);
  });
});

import assert from "node:assert/strict";
import { join, parse } from "node:path";
import { test } from "node:test";
import { isWithin } from "#src/kernel/is-within.js";

const { root } = parse(process.cwd());

test("isWithin holds for a folder, and for what is in it at any depth", () => {
  for (const path of ["app", "app/a", "app/a/b"]) assert.ok(isWithin(join(root, path), join(root, "app")), path);
  for (const path of ["", "other", "app-2", "app.ts"]) assert.ok(!isWithin(join(root, path), join(root, "app")), path);
});

test("isWithin takes everything for being in the root", () => {
  assert.ok(isWithin(join(root, "app"), root));
  assert.ok(isWithin(root, root));
});

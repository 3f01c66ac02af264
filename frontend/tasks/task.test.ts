import assert from "node:assert/strict";
import { test } from "vitest";

import { toTaskInput } from "./task";

test("white space is not trimmed", () => {
  const typed = { title: " Bake bread ", description: "  Rye\n  and caraway\n" };

  assert.deepEqual(toTaskInput(typed), typed);
});

test("a blank description becomes null", () => {
  assert.equal(toTaskInput({ title: "Bake bread", description: " \n" }).description, null);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { taskInput } from "./task";

test("words are sent as they were typed, as the service keeps them", () => {
  const typed = { title: " Bake bread ", description: "  Rye\n  and caraway\n" };

  assert.deepEqual(taskInput(typed), typed);
});

test("a blank description is none", () => {
  assert.equal(taskInput({ title: "Bake bread", description: " \n" }).description, null);
});

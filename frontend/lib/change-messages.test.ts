import assert from "node:assert/strict";
import { test } from "node:test";

import { successMessage } from "./change-messages";

const FAMILY = "👩‍👩‍👧";

function addedMessage(title: string): string {
  return successMessage({ kind: "add", key: "1", input: { title } });
}

test("a short title is quoted in full", () => {
  assert.equal(addedMessage("Bake bread"), "“\u2068Bake bread\u2069” added");
});

test("a long title is shortened without splitting a grapheme", () => {
  const message = addedMessage("a".repeat(59) + FAMILY + FAMILY);

  assert.equal(message, `“\u2068${"a".repeat(59)}${FAMILY}…\u2069” added`);
});

test("the length of a title is counted in graphemes, not in code units", () => {
  assert.equal(addedMessage(FAMILY.repeat(60)), `“\u2068${FAMILY.repeat(60)}\u2069” added`);
});

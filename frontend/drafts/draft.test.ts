import assert from "node:assert/strict";
import { test } from "vitest";

import { parseDraft } from "./draft";

const TASK = { id: 1, title: "Bake bread", description: null, completed: false, etag: '"1"' };

test("a stored draft is parsed", () => {
  const draft = { title: "Bake two loaves", description: "", errors: { title: "Too long" }, task: TASK };

  assert.deepEqual(parseDraft(JSON.stringify(draft)), draft);
});

for (const text of [
  "",
  "{",
  "null",
  "[]",
  '{"title": 1, "description": ""}',
  '{"title": "Bake bread"}',
  '{"title": "Bake bread", "description": "", "errors": {"title": 1}}',
  '{"title": "Bake bread", "description": "", "task": {"id": "1"}}',
]) {
  test(`${text || "an empty string"} is not a draft`, () => assert.equal(parseDraft(text), undefined));
}

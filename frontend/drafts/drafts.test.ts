import assert from "node:assert/strict";
import { afterEach, test, vi } from "vitest";

import { hasDrafts, NEW_DRAFT, openDrafts, parseDraft, readDraft, removeAllDrafts, storeDraft } from "./drafts";

afterEach(() => {
  removeAllDrafts();
  vi.unstubAllGlobals();
});

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

for (const reason of ["SecurityError", "QuotaExceededError"]) {
  test(`a draft is kept until a reload after a ${reason} of the storage`, () => {
    const fail = () => {
      throw new DOMException("The browser does not store it", reason);
    };
    vi.stubGlobal("sessionStorage", { getItem: fail, setItem: fail, removeItem: fail });
    openDrafts("ada");

    storeDraft(NEW_DRAFT, { title: "Bake bread", description: "" });

    assert(hasDrafts());
    openDrafts("ada");
    assert.equal(readDraft(NEW_DRAFT)?.title, "Bake bread");
    openDrafts("grace");
    assert(!hasDrafts());
  });
}

test("when the storage is full, the newest text wins over the last stored one", () => {
  const full = () => {
    throw new DOMException("The quota has been exceeded", "QuotaExceededError");
  };
  const stored = JSON.stringify({ title: "Bake", description: "" });
  vi.stubGlobal("sessionStorage", { "draft:new": stored, getItem: () => stored, setItem: full, removeItem: full });

  storeDraft(NEW_DRAFT, { title: "Bake bread", description: "" });

  assert.equal(readDraft(NEW_DRAFT)?.title, "Bake bread");
});

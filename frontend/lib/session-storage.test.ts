import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { tabStorage } from "./session-storage";

function giveBrowser(storage: unknown): void {
  Object.defineProperty(globalThis, "sessionStorage", { configurable: true, value: storage });
}

afterEach(() => tabStorage.drop("draft"));

test("where the browser forbids storage, words are kept until the page ends", () => {
  const forbidden = () => {
    throw new DOMException("Access is denied", "SecurityError");
  };
  giveBrowser({ getItem: forbidden, setItem: forbidden, removeItem: forbidden });

  tabStorage.keep("draft", "Bake bread");
  assert.equal(tabStorage.read("draft"), "Bake bread");
  assert.deepEqual(tabStorage.names().filter((name) => name === "draft"), ["draft"]);
  tabStorage.drop("draft");

  assert.equal(tabStorage.read("draft"), null);
});

test("where the storage is full, the newest words count and not the last that it took", () => {
  giveBrowser({
    getItem: () => "Bake",
    setItem: () => {
      throw new DOMException("The quota has been exceeded", "QuotaExceededError");
    },
  });

  tabStorage.keep("draft", "Bake bread");

  assert.equal(tabStorage.read("draft"), "Bake bread");
});

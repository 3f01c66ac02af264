import assert from "node:assert/strict";
import { afterEach, test } from "vitest";

import { safeSessionStorage } from "./session-storage";

function setBrowserStorage(storage: unknown): void {
  Object.defineProperty(globalThis, "sessionStorage", { configurable: true, value: storage });
}

afterEach(() => safeSessionStorage.removeItem("draft"));

test("values are kept in memory when the browser forbids storage", () => {
  const deny = () => {
    throw new DOMException("Access is denied", "SecurityError");
  };
  setBrowserStorage({ getItem: deny, setItem: deny, removeItem: deny });

  safeSessionStorage.setItem("draft", "Bake bread");
  assert.equal(safeSessionStorage.getItem("draft"), "Bake bread");
  assert.deepEqual(
    safeSessionStorage.keys().filter((key) => key === "draft"),
    ["draft"],
  );
  safeSessionStorage.removeItem("draft");

  assert.equal(safeSessionStorage.getItem("draft"), null);
});

test("when the storage is full, the newest value wins over the last stored one", () => {
  setBrowserStorage({
    getItem: () => "Bake",
    setItem: () => {
      throw new DOMException("The quota has been exceeded", "QuotaExceededError");
    },
  });

  safeSessionStorage.setItem("draft", "Bake bread");

  assert.equal(safeSessionStorage.getItem("draft"), "Bake bread");
});

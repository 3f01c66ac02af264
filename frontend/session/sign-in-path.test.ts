import assert from "node:assert/strict";
import { test } from "vitest";

import { pathAfterSignIn, signInPath } from "./sign-in-path";

test("signing in leads back to the page where the session ended", () => {
  const path = signInPath("/?a=b&c");

  const { searchParams } = new URL(path, "http://here.invalid");
  assert.equal(pathAfterSignIn(searchParams.get("next")), "/?a=b&c");
  assert(searchParams.has("ended"));
});

for (const next of [
  undefined,
  ["/"],
  "//evil.invalid",
  "/.//evil.invalid/x",
  "/a/..//evil.invalid",
  "/\\evil.invalid",
  "https://evil.invalid",
]) {
  test(`${next} does not lead to another site`, () => {
    assert.doesNotMatch(pathAfterSignIn(next), /^\/[/\\]|^[^/]/);
  });
}

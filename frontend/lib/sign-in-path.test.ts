import assert from "node:assert/strict";
import { test } from "node:test";

import { pathAfterSignIn, signInPath } from "./sign-in-path";

test("the page that was left is the one to come back to", () => {
  const path = signInPath("/?a=b&c");

  const { searchParams } = new URL(path, "http://here.invalid");
  assert.equal(pathAfterSignIn(searchParams.get("next")), "/?a=b&c");
  assert(searchParams.has("ended"));
});

for (const next of [undefined, ["/"], "//evil.invalid", "/.//evil.invalid/x", "/a/..//evil.invalid", "/\\evil.invalid", "https://evil.invalid"]) {
  test(`${next} leads to a page of ours`, () => {
    assert.doesNotMatch(pathAfterSignIn(next), /^\/[/\\]|^[^/]/);
  });
}

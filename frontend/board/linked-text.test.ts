import assert from "node:assert/strict";
import { test } from "vitest";

import { linksIn } from "./linked-text";

const hrefsIn = (text: string) => linksIn(text).flatMap((part) => (typeof part === "string" ? [] : [part.href]));

test("the text around an address stays as it is", () => {
  assert.deepEqual(linksIn("See https://example.com/a?b=c#d and ring"), [
    "See ",
    { href: "https://example.com/a?b=c#d" },
    " and ring",
  ]);
});

for (const [text, href] of [
  ["It is at https://example.com.", "https://example.com"],
  ["(https://example.com/a)", "https://example.com/a"],
  ["“https://example.com/a”, he said", "https://example.com/a"],
  ["https://en.wikipedia.org/wiki/Rye_(film)", "https://en.wikipedia.org/wiki/Rye_(film)"],
  ["<a href='https://example.com'>", "https://example.com"],
] as const) {
  test(`${text} has the address ${href}`, () => assert.deepEqual(hrefsIn(text), [href]));
}

for (const text of [
  "javascript:alert(1)",
  "data:text/html,x",
  "example.com",
  "https://",
  "//example.com",
  "ftp://example.com",
]) {
  test(`${text} is no link`, () => assert.deepEqual(linksIn(text), [text]));
}

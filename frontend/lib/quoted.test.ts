import assert from "node:assert/strict";
import { test } from "node:test";

import { quoted } from "./quoted";

const FAMILY = "👩‍👩‍👧";

test("a short title is quoted whole", () => {
  assert.equal(quoted("Bake bread"), "“\u2068Bake bread\u2069”");
});

test("no character of a long title is cut in half", () => {
  const short = quoted("a".repeat(59) + FAMILY + FAMILY);

  assert.equal(short, `“\u2068${"a".repeat(59)}${FAMILY}…\u2069”`);
});

test("sixty characters are sixty, however many units they take", () => {
  assert.equal(quoted(FAMILY.repeat(60)), `“\u2068${FAMILY.repeat(60)}\u2069”`);
});

import assert from "node:assert/strict";
import { test } from "vitest";

import { parseRetryAfter, withJitter } from "./retry-fetch";

const NOW = Date.parse("2026-01-31T09:30:00Z");

test("a number of seconds is limited to 1 to 60", () => {
  assert.deepEqual(
    ["5", "0", "3600"].map((header) => parseRetryAfter(header)),
    [5, 1, 60],
  );
});

test("a date becomes the number of seconds until then", () => {
  assert.equal(parseRetryAfter("Sat, 31 Jan 2026 09:30:20 GMT", NOW), 20);
  assert.equal(parseRetryAfter("Sat, 31 Jan 2026 09:29:00 GMT", NOW), 1);
});

test("a missing or invalid header is undefined", () => {
  assert.deepEqual(
    [null, "", "soon"].map((header) => parseRetryAfter(header)),
    [undefined, undefined, undefined],
  );
});

test("jitter makes a delay up to a quarter longer, and never shorter", () => {
  assert.deepEqual(
    [0, 0.5, 1].map((random) => withJitter(8, random)),
    [8, 9, 10],
  );
});

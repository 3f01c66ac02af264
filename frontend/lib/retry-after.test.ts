import assert from "node:assert/strict";
import { test } from "node:test";

import { retryAfter, spread } from "./retry-after";

const NOW = Date.parse("2026-01-31T09:30:00Z");

test("a number of seconds is waited for, from 1 to 60", () => {
  assert.deepEqual(["5", "0", "3600"].map((header) => retryAfter(header)), [5, 1, 60]);
});

test("a date is waited for until it has come", () => {
  assert.equal(retryAfter("Sat, 31 Jan 2026 09:30:20 GMT", NOW), 20);
  assert.equal(retryAfter("Sat, 31 Jan 2026 09:29:00 GMT", NOW), 1);
});

test("what cannot be understood says nothing", () => {
  assert.deepEqual([null, "", "soon"].map((header) => retryAfter(header)), [undefined, undefined, undefined]);
});

test("nobody comes back early, and not everybody at once", () => {
  assert.deepEqual([0, 0.5, 1].map((chance) => spread(8, chance)), [8, 9, 10]);
});

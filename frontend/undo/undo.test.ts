import assert from "node:assert/strict";
import { afterEach, beforeEach, test, vi } from "vitest";

import { holdForUndo, offerUndo, releaseHolds, UndoneError, undoLast, untilDecided } from "./undo";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  releaseHolds();
  vi.useRealTimers();
});

test("a change that is held back is sent after eight seconds", async () => {
  const send = vi.fn(async () => null);
  holdForUndo("1", "Deleted");

  const sent = untilDecided({ key: "1" }).then(send);
  await vi.advanceTimersByTimeAsync(7_900);
  assert.equal(send.mock.calls.length, 0);
  await vi.advanceTimersByTimeAsync(200);

  await sent;
  assert.equal(send.mock.calls.length, 1);
});

test("a change that is undone is never sent", async () => {
  const send = vi.fn(async () => null);
  holdForUndo("1", "Deleted");
  const sent = assert.rejects(untilDecided({ key: "1" }).then(send), UndoneError);

  assert(undoLast());
  await vi.advanceTimersByTimeAsync(10_000);

  await sent;
  assert.equal(send.mock.calls.length, 0);
  assert(!undoLast());
});

test("leaving the page sends what is held back", async () => {
  const send = vi.fn(async () => null);
  holdForUndo("1", "Deleted");
  const sent = untilDecided({ key: "1" }).then(send);

  releaseHolds();

  await sent;
  assert.equal(send.mock.calls.length, 1);
});

test("the last change is undone first, and each for eight seconds", () => {
  const undone: string[] = [];
  for (const key of ["1", "2", "3"]) offerUndo(key, () => undone.push(key));

  undoLast();
  undoLast("1");
  vi.advanceTimersByTime(8_000);
  undoLast();

  assert.deepEqual(undone, ["3", "1"]);
});

test("a change that is not held back is sent at once", async () => {
  const send = vi.fn(async () => null);

  await untilDecided({ key: "1" }).then(send);

  assert.equal(send.mock.calls.length, 1);
});

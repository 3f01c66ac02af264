import assert from "node:assert/strict";
import { afterEach, beforeEach, test, vi } from "vitest";

import type { Change } from "@/tasks/change";

import { holdForUndo, offerUndo, releaseHolds, UndoneError, undoLast, withUndo } from "./undo";

const change = (key: string): Change => ({ kind: "delete", key, tasks: [] });

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

  const sent = withUndo(send)(change("1"));
  await vi.advanceTimersByTimeAsync(7_900);
  assert.equal(send.mock.calls.length, 0);
  await vi.advanceTimersByTimeAsync(200);

  await sent;
  assert.equal(send.mock.calls.length, 1);
});

test("a change that is undone is never sent", async () => {
  const send = vi.fn(async () => null);
  holdForUndo("1", "Deleted");
  const sent = assert.rejects(withUndo(send)(change("1")), UndoneError);

  assert(undoLast());
  await vi.advanceTimersByTimeAsync(10_000);

  await sent;
  assert.equal(send.mock.calls.length, 0);
  assert(!undoLast());
});

test("a change that is undone before its turn has come is never sent", async () => {
  const send = vi.fn(async () => null);
  holdForUndo("1", "Deleted");

  undoLast();
  await vi.advanceTimersByTimeAsync(10_000);

  await assert.rejects(withUndo(send)(change("1")), UndoneError);
  assert.equal(send.mock.calls.length, 0);
});

test("leaving the page sends what is held back", async () => {
  const send = vi.fn(async () => null);
  holdForUndo("1", "Deleted");
  const sent = withUndo(send)(change("1"));

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

  await withUndo(send)(change("1"));

  assert.equal(send.mock.calls.length, 1);
});

// @vitest-environment happy-dom

import assert from "node:assert/strict";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, test, vi } from "vitest";

import { holdForUndo, offerUndo, untilDecided } from "./undo";
import { UndoNotice } from "./undo-notice";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  act(() => vi.runAllTimers());
  cleanup();
  vi.useRealTimers();
});

test("the notice names what is deleted, and goes when it is undone", async () => {
  const send = vi.fn(async () => null);
  render(<UndoNotice />);

  act(() => holdForUndo("1", "“Bake bread” deleted"));
  const sent = untilDecided({ key: "1" }).then(send);
  assert(screen.getByText("“Bake bread” deleted"));
  act(() => void fireEvent.click(screen.getByRole("button", { name: "Undo" })));

  await assert.rejects(sent);
  assert.equal(screen.queryByRole("button"), null);
  assert.equal(send.mock.calls.length, 0);
});

test("the notice goes after eight seconds", () => {
  render(<UndoNotice />);

  act(() => holdForUndo("1", "“Bake bread” deleted"));
  act(() => vi.advanceTimersByTime(8_000));

  assert.equal(screen.queryByText("“Bake bread” deleted"), null);
});

test("what only a key can undo has no notice", () => {
  render(<UndoNotice />);

  act(() => offerUndo("1", () => undefined));

  assert.equal(screen.queryByRole("button"), null);
});

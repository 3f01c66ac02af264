import assert from "node:assert/strict";
import { afterEach, beforeEach, test, vi } from "vitest";

import { endOutage, retryNow, waitForRetry } from "./outage";

const NEVER_ABORTED = new AbortController().signal;

beforeEach(() => {
  vi.stubGlobal("window", new EventTarget());
  vi.useFakeTimers();
});

afterEach(() => {
  endOutage();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Returns whether a request still waits. */
function waiting(seconds: number, signal = NEVER_ABORTED) {
  const state = { isWaiting: true };
  const stop = () => {
    state.isWaiting = false;
  };
  waitForRetry(seconds, "service", signal).then(stop, stop);
  return state;
}

test("all requests wait for the same retry", async () => {
  const [first, second] = [waiting(5), waiting(60)];

  await vi.advanceTimersByTimeAsync(4_900);
  assert(first.isWaiting && second.isWaiting);
  await vi.advanceTimersByTimeAsync(200);

  assert(!first.isWaiting && !second.isWaiting);
});

for (const [name, act] of [
  ["the user asks for it", retryNow],
  ["the browser is online again", () => window.dispatchEvent(new Event("online"))],
  ["another request gets a response", endOutage],
] as const) {
  test(`the retry comes earlier when ${name}`, async () => {
    const request = waiting(60);

    act();
    await vi.advanceTimersByTimeAsync(0);

    assert(!request.isWaiting);
  });
}

test("a request that is aborted does not wait any more, and the others do", async () => {
  const controller = new AbortController();
  const [aborted, other] = [waiting(60, controller.signal), waiting(60)];

  controller.abort();
  await vi.advanceTimersByTimeAsync(0);

  assert(!aborted.isWaiting && other.isWaiting);
});

import assert from "node:assert/strict";
import { afterEach, beforeEach, test, vi } from "vitest";

import { NetworkError } from "@/tasks/api-error";

import { retryFetch } from "./retry-fetch";

const NEVER_ABORTED = new AbortController().signal;
const ORIGIN = "http://service.invalid";

beforeEach(() => {
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("navigator", { onLine: true });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Each call responds with the next of these. */
function inTurn(...responses: (() => Response)[]) {
  return vi.fn(async (_: AbortSignal) => (responses.shift() ?? responseOf(500))());
}

const responseOf = (status: number) => () => new Response(null, { status });
const list = () => new Response("the list");

for (const status of [502, 503, 504]) {
  test(`a request is repeated after a ${status}`, async () => {
    const attempt = inTurn(responseOf(status), list);

    const response = await advanceTime(retryFetch(attempt, NEVER_ABORTED, ORIGIN));

    assert.equal(await response.text(), "the list");
  });
}

test("a request is not repeated after a 409", async () => {
  const attempt = inTurn(responseOf(409), list);

  const response = await advanceTime(retryFetch(attempt, NEVER_ABORTED, ORIGIN));

  assert.equal(response.status, 409);
  assert.equal(attempt.mock.calls.length, 1);
});

test("a request is repeated when no response arrives", async () => {
  const attempt = inTurn(() => {
    throw new NetworkError("service", "Failed to fetch");
  }, list);

  const response = await advanceTime(retryFetch(attempt, NEVER_ABORTED, ORIGIN));

  assert.equal(await response.text(), "the list");
});

test("a mistake in the program is thrown, and not taken for an outage", async () => {
  const attempt = async () => {
    throw new TypeError("AbortSignal.any is not a function");
  };

  await assert.rejects(advanceTime(retryFetch(attempt, NEVER_ABORTED, ORIGIN)), TypeError);
});

test("an aborted request ends, even while it waits for its next attempt", async () => {
  const controller = new AbortController();
  const attempt = inTurn(responseOf(503), list);

  const result = retryFetch(attempt, controller.signal, ORIGIN);
  await new Promise(setImmediate);
  controller.abort();

  await assert.rejects(result, { name: "AbortError" });
});

test("a body may take longer than the idle timeout as long as data keeps arriving", async () => {
  const attempt = vi.fn(async (signal: AbortSignal) => new Response(slowBody(signal, { chunks: 8, everyMs: 5000 })));

  const response = await advanceTime(retryFetch(attempt, NEVER_ABORTED, ORIGIN));

  assert.equal(await response.text(), "12345678");
  assert.equal(attempt.mock.calls.length, 1);
});

test("a request is repeated when its body stalls", async () => {
  const stalled = (signal: AbortSignal) => new Response(slowBody(signal, { chunks: 2, everyMs: 60_000 }));
  const attempt = vi.fn(async (signal: AbortSignal) => (attempt.mock.calls.length === 1 ? stalled(signal) : list()));

  const response = await advanceTime(retryFetch(attempt, NEVER_ABORTED, ORIGIN));

  assert.equal(await response.text(), "the list");
  assert.equal(attempt.mock.calls.length, 2);
});

/** Fails when the signal aborts, as a body from `fetch` does. */
function slowBody(signal: AbortSignal, { chunks, everyMs }: { chunks: number; everyMs: number }) {
  return new ReadableStream<Uint8Array>({
    start(stream) {
      const send = (chunk: number) => {
        if (signal.aborted) return;
        stream.enqueue(new TextEncoder().encode(String(chunk)));
        if (chunk === chunks) stream.close();
        else setTimeout(send, everyMs, chunk + 1);
      };
      signal.addEventListener("abort", () => stream.error(new DOMException("Aborted", "AbortError")));
      setTimeout(send, everyMs, 1);
    },
  });
}

/** Advances the mocked clock by a second in each turn of the event loop until the promise settles. */
async function advanceTime<Result>(result: Promise<Result>): Promise<Result> {
  let isPending = true;
  const settle = () => {
    isPending = false;
  };
  result.then(settle, settle);
  while (isPending) {
    await new Promise(setImmediate);
    vi.advanceTimersByTime(1000);
  }
  return result;
}

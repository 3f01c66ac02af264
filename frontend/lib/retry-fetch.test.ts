import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { retryFetch } from "./retry-fetch";

const NEVER_ABORTED = new AbortController().signal;

beforeEach(() => {
  Object.defineProperty(globalThis, "window", { configurable: true, value: new EventTarget() });
  mock.timers.enable({ apis: ["setTimeout"] });
});

afterEach(() => mock.timers.reset());

for (const status of [502, 503, 504]) {
  test(`a request is repeated after a ${status}`, async () => {
    const responses = [new Response(null, { status }), new Response("the list")];

    const response = await advanceTime(retryFetch(async () => responses.shift()!, NEVER_ABORTED));

    assert.equal(await response.text(), "the list");
  });
}

test("a request is not repeated after a 409", async () => {
  let attempts = 0;
  const refuse = async () => new Response(`refused ${(attempts += 1)}`, { status: 409 });

  const response = await advanceTime(retryFetch(refuse, NEVER_ABORTED));

  assert.equal(await response.text(), "refused 1");
});

test("a body may take longer than the idle timeout as long as data keeps arriving", async () => {
  let attempts = 0;
  const slow = async (signal: AbortSignal) => {
    attempts += 1;
    return new Response(slowBody(signal, { chunks: 8, everyMs: 5000 }));
  };

  const response = await advanceTime(retryFetch(slow, NEVER_ABORTED));

  assert.equal(await response.text(), "12345678");
  assert.equal(attempts, 1);
});

test("a request is repeated when its body stalls", async () => {
  const stalled = (signal: AbortSignal) => new Response(slowBody(signal, { chunks: 2, everyMs: 60_000 }));
  let attempts = 0;
  const attempt = async (signal: AbortSignal) => ((attempts += 1) === 1 ? stalled(signal) : new Response("the list"));

  const response = await advanceTime(retryFetch(attempt, NEVER_ABORTED));

  assert.equal(await response.text(), "the list");
  assert.equal(attempts, 2);
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
  void result.finally(() => (isPending = false));
  while (isPending) {
    await new Promise(setImmediate);
    mock.timers.tick(1000);
  }
  return result;
}

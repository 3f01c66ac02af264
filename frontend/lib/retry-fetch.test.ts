import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { patientFetch } from "./retry-fetch";

const NEVER = new AbortController().signal;

beforeEach(() => {
  Object.defineProperty(globalThis, "window", { configurable: true, value: new EventTarget() });
  mock.timers.enable({ apis: ["setTimeout"] });
});

afterEach(() => mock.timers.reset());

for (const status of [502, 503, 504]) {
  test(`a ${status} is asked again`, async () => {
    const answers = [new Response(null, { status }), new Response("the list")];

    const response = await whileTimePasses(patientFetch(async () => answers.shift()!, NEVER));

    assert.equal(await response.text(), "the list");
  });
}

test("a body may take longer than the patience, while something of it arrives", async () => {
  let attempts = 0;
  const slow = async (signal: AbortSignal) => {
    attempts += 1;
    return new Response(slowBody(signal, { chunks: 8, everyMs: 5000 }));
  };

  const response = await whileTimePasses(patientFetch(slow, NEVER));

  assert.equal(await response.text(), "12345678");
  assert.equal(attempts, 1);
});

test("a body that falls silent is asked for again", async () => {
  const silent = (signal: AbortSignal) => new Response(slowBody(signal, { chunks: 2, everyMs: 60_000 }));
  let attempts = 0;
  const attempt = async (signal: AbortSignal) => ((attempts += 1) === 1 ? silent(signal) : new Response("the list"));

  const response = await whileTimePasses(patientFetch(attempt, NEVER));

  assert.equal(await response.text(), "the list");
  assert.equal(attempts, 2);
});

/** Ends, as that of `fetch`, with an error of its own when the signal aborts. */
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

/** A second of the clock for each turn of the event loop. */
async function whileTimePasses<Result>(result: Promise<Result>): Promise<Result> {
  let waits = true;
  void result.finally(() => (waits = false));
  while (waits) {
    await new Promise(setImmediate);
    mock.timers.tick(1000);
  }
  return result;
}

import assert from "node:assert/strict";
import { test } from "vitest";

import { runSerially } from "./serial-queue";

/** An operation that ends when it is told to. */
function operation(log: string[], name: string) {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async () => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
  };
  return { run, end };
}

test("operations of one queue run in their order, and others meanwhile", async () => {
  const log: string[] = [];
  const [first, second, other] = [operation(log, "first"), operation(log, "second"), operation(log, "other")];

  const done = [runSerially(["1"], first.run), runSerially(["1"], second.run), runSerially(["2"], other.run)];
  other.end();
  await done[2];
  second.end();
  first.end();
  await Promise.all(done);

  assert.deepEqual(log, ["first begins", "other begins", "other ends", "first ends", "second begins", "second ends"]);
});

test("an operation with two queues waits for both", async () => {
  const log: string[] = [];
  const [one, two, both] = [operation(log, "one"), operation(log, "two"), operation(log, "both")];

  const done = [runSerially(["1"], one.run), runSerially(["2"], two.run), runSerially(["1", "2"], both.run)];
  both.end();
  one.end();
  await done[0];
  assert(!log.includes("both begins"));
  two.end();
  await Promise.all(done);

  assert.equal(log.at(-1), "both ends");
});

test("an operation that fails does not stop the next one", async () => {
  const failing = runSerially(["1"], async () => {
    throw new Error("No");
  });

  const next = runSerially(["1"], async () => "yes");

  await assert.rejects(failing);
  assert.equal(await next, "yes");
});

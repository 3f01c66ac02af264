import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { beforeEach, test } from "vitest";

import { ApiError, SignedOutError } from "@/tasks/api-error";
import type { Change } from "@/tasks/change";
import { newTask, type Task } from "@/tasks/task";

import { adoptChanges, drop, forgetChanges, withOutbox } from "./outbox";

const never = () => false;
const addition = (key: string): Change => ({ kind: "add", key, input: { title: `Task ${key}` } });
const saved = { ...newTask("a", { title: "Task a" }), id: 7 };

beforeEach(() => forgetChanges());

/** Begins to send a change whose answer never comes, as the page is closed. */
async function leaveUnsent(owner: string, ...changes: Change[]): Promise<void> {
  const send = withOutbox(owner, () => new Promise(() => undefined), never);
  for (const change of changes) void send(change);
  await new Promise((resolve) => setTimeout(resolve, 20));
}

test("what a page leaves unsent is there for the next one, in its order and for its user only", async () => {
  await leaveUnsent("ada", addition("a"), addition("b"), addition("c"));
  await leaveUnsent("grace", addition("d"));

  const left = await adoptLeft("ada");

  assert.deepEqual(
    left.map(({ key }) => key),
    ["a", "b", "c"],
  );
});

test("a change that is saved or refused is not kept", async () => {
  await withOutbox("ada", async () => saved, never)(addition("a"));
  const refuse = withOutbox("ada", () => Promise.reject(new ApiError(422, undefined)), never);
  await assert.rejects(refuse(addition("b")));

  assert.deepEqual(await adoptLeft("ada"), []);
});

for (const error of [new SignedOutError(), new ApiError(401, undefined)]) {
  test(`a change is kept after “${error.message}”`, async () => {
    const send = withOutbox("ada", () => Promise.reject(error), never);

    await assert.rejects(send(addition("a")));

    assert.deepEqual(await adoptLeft("ada"), [addition("a")]);
  });
}

test("a conflict is kept until it is resolved", async () => {
  const send = withOutbox(
    "ada",
    () => Promise.reject(new Error("conflict")),
    () => true,
  );
  await assert.rejects(send(addition("a")));
  assert.equal((await adoptLeft("ada")).length, 1);

  await drop("a");

  assert.deepEqual(await adoptLeft("ada"), []);
});

test("a change of a new task gets the id that the task has got", async () => {
  const completion: Change = { kind: "complete", key: "b", task: newTask("a", { title: "Task a" }), completed: true };
  await leaveUnsent("ada", completion);

  await withOutbox("ada", async () => saved, never)(addition("a"));

  const [left] = await adoptLeft("ada");
  assert.equal((left as { task: Task }).task.id, 7);
});

test("a change that is saved while a new task gets its id is not stored again", async () => {
  const task = newTask("a", { title: "Task a" });
  const completion = (key: string): Change => ({ kind: "complete", key, task, completed: true });
  const keys = Array.from({ length: 20 }, (_, index) => `c${index}`);
  await leaveUnsent("ada", ...keys.map(completion));

  const naming = withOutbox("ada", async () => saved, never)(addition("a"));
  for (const key of keys.reverse()) await drop(key);
  await naming;

  assert.deepEqual(await adoptLeft("ada"), []);
});

test("the changes of others can be forgotten", async () => {
  await leaveUnsent("ada", addition("a"));
  await leaveUnsent("grace", addition("b"));

  await forgetChanges("grace");

  assert.deepEqual([await adoptLeft("ada"), await adoptLeft("grace")], [[], [addition("b")]]);
});

/** As another page does: in this one, the changes are those of an open tab. */
function adoptLeft(owner: string): Promise<Change[]> {
  return adoptChanges(owner, new Set());
}

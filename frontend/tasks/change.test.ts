import assert from "node:assert/strict";
import { test } from "vitest";

import { applyChange, type Change, queuesOf } from "./change";
import type { Task } from "./task";

const task = (id: number, title = `Task ${id}`): Task => ({
  id,
  user_id: "ada",
  title,
  description: null,
  completed: false,
  created_at: "",
  updated_at: "",
  etag: `"${id}"`,
});

const LIST = [task(3), task(2), task(1)];
const addition: Change = { kind: "add", key: "a", input: { title: "Bake bread" } };

test("a pending task is at the top, and keeps its place and its row when it is saved", () => {
  const [pending, ...others] = applyChange(LIST, addition);
  const [saved] = applyChange(LIST, addition, task(4, "Bake bread"));

  assert.equal(pending?.saving, true);
  assert.deepEqual(others, LIST);
  assert.deepEqual([saved?.id, saved?.rowKey, saved?.saving], [4, "a", undefined]);
  assert.equal(pending?.rowKey, "a");
});

test("a task that a repeated request has added before is in the list once", () => {
  const tasks = applyChange([task(4, "Bake bread"), ...LIST], addition, task(4, "Bake bread"));

  assert.deepEqual(
    tasks.map(({ id }) => id),
    [4, 3, 2, 1],
  );
});

test("a blank title makes no row, because the service refuses it", () => {
  assert.deepEqual(applyChange(LIST, { ...addition, input: { title: " " } }), LIST);
});

test("a change of a pending task is applied to it, and to the task that it becomes", () => {
  const [pending] = applyChange(LIST, addition);
  assert(pending);
  const completion: Change = { kind: "complete", key: "b", task: pending, completed: true };

  const before = applyChange(applyChange(LIST, addition), completion);
  const after = applyChange(applyChange(LIST, addition, task(4)), completion);

  assert.deepEqual([before[0]?.completed, after[0]?.completed], [true, true]);
  assert.deepEqual([before[1], after[1]], [LIST[0], LIST[0]]);
});

test("unchanged tasks keep their objects", () => {
  const tasks = applyChange(LIST, { kind: "edit", key: "b", task: task(2), input: { title: "Rest" } });

  assert.deepEqual(
    tasks.map((each, index) => each === LIST[index]),
    [true, false, true],
  );
  assert.equal(tasks[1]?.title, "Rest");
});

test("a task that was deleted elsewhere leaves the list", () => {
  const tasks = applyChange(LIST, { kind: "complete", key: "b", task: task(2), completed: true }, null);

  assert.deepEqual(tasks, [LIST[0], LIST[2]]);
});

test("several tasks are cleared at once", () => {
  assert.deepEqual(applyChange(LIST, { kind: "delete", key: "b", tasks: [task(3), task(1)] }), [LIST[1]]);
});

test("a change waits for the addition of its task, and for the other changes of it", () => {
  const [pending] = applyChange(LIST, addition);
  assert(pending);

  const queues = queuesOf({ kind: "complete", key: "b", task: pending, completed: true });

  assert(queues.every((queue) => queuesOf(addition).includes(queue)));
  assert.deepEqual(queuesOf({ kind: "delete", key: "c", tasks: LIST }), ["3", "2", "1"]);
});

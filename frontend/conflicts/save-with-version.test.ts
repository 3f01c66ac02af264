import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import { beforeEach, test } from "vitest";

import type { Api } from "@/tasks/api";
import type { paths } from "@/tasks/api-types";
import type { Change } from "@/tasks/change";
import { newTask, type Task } from "@/tasks/task";

import { ConflictError } from "./conflict-error";
import { ObsoleteError, sendWithVersions } from "./save-with-version";

let stored: Map<number, Task>;
let requests: string[];

const task = (id: number, change: Partial<Task> = {}): Task =>
  ({ id, title: `Task ${id}`, description: null, completed: false, etag: '"1"', updated_at: "1", ...change }) as Task;

beforeEach(() => {
  stored = new Map([1, 2, 3].map((id) => [id, task(id)]));
  requests = [];
});

/** Responds as the service does, which refuses to change another version than that of `If-Match`. */
const api: Api = createClient<paths>({
  baseUrl: "http://service.invalid",
  fetch: async (request) => {
    const id = Number(new URL(request.url).pathname.split("/")[3]);
    const now = stored.get(id);
    requests.push(`${request.method} ${request.headers.get("If-Match") ?? ""}`.trim());
    if (!now) return refusal(404);
    if (request.method === "GET") return Response.json({ data: now });
    if (request.headers.get("If-Match") !== now.etag) return refusal(412);
    if (request.method === "DELETE") {
      stored.delete(id);
      return new Response(null, { status: 204 });
    }
    const input = request.method === "PUT" ? await request.json() : { completed: !now.completed };
    return Response.json({ data: changeElsewhere(id, input) });
  },
});

function refusal(status: number): Response {
  return Response.json({ error: { code: "REFUSED", message: "No", request_id: "1" } }, { status });
}

function changeElsewhere(id: number, change: Partial<Task>): Task {
  const before = stored.get(id) ?? task(id);
  const version = String(Number(before.updated_at) + 1);
  const after = { ...before, ...change, updated_at: version, etag: `"${version}"` };
  stored.set(id, after);
  return after;
}

const send = (change: Change) => sendWithVersions(api, () => undefined)(change);
const edit = (title: string): Change => ({
  kind: "edit",
  key: "a",
  task: task(1),
  input: { title, description: null },
});
const completion: Change = { kind: "complete", key: "a", task: task(1), completed: true };

test("a change is sent with the version that the user has seen", async () => {
  const saved = await send(completion);

  assert.equal(saved?.completed, true);
  assert.deepEqual(requests, ['PATCH "1"']);
});

test("the text that was changed elsewhere does not stop a completion", async () => {
  changeElsewhere(1, { title: "Another text" });

  const saved = await send(completion);

  assert.deepEqual([saved?.title, saved?.completed], ["Another text", true]);
  assert.deepEqual(requests, ['PATCH "1"', "GET", 'PATCH "2"']);
});

test("a completion whose answer was lost is not made again", async () => {
  changeElsewhere(1, { completed: true });

  const saved = await send(completion);

  assert.equal(saved?.completed, true);
  assert.deepEqual(requests, ['PATCH "1"', "GET"]);
});

test("an edit of a text that was changed elsewhere is a conflict, and has changed nothing", async () => {
  changeElsewhere(1, { title: "Theirs" });

  await assert.rejects(
    send(edit("Mine")),
    (error) => error instanceof ConflictError && error.theirs?.title === "Theirs",
  );

  assert.equal(stored.get(1)?.title, "Theirs");
});

test("their version can be overwritten, even if an older one is shown", async () => {
  const theirs = changeElsewhere(1, { title: "Theirs" });
  const conflict = new ConflictError({ kind: "edit", key: "a", task: task(1), input: { title: "Mine" } }, theirs);

  const saved = await sendWithVersions(api, () => task(1))(conflict.overwrite(theirs));

  assert.equal(saved?.title, "Mine");
});

test("an edit of a task that was deleted elsewhere is a conflict, and a completion of it is done", async () => {
  stored.delete(1);

  await assert.rejects(send(edit("Mine")), (error) => error instanceof ConflictError && error.theirs === null);
  assert.equal(await send(completion), null);
});

test("a deletion asks if the text was changed elsewhere", async () => {
  changeElsewhere(1, { title: "Theirs" });

  await assert.rejects(send({ kind: "delete", key: "a", tasks: [task(1)] }), ConflictError);

  assert(stored.has(1));
});

test("clearing deletes what is as it was, and keeps the rest without a question", async () => {
  changeElsewhere(2, { completed: false });
  stored.delete(3);

  await assert.rejects(send({ kind: "delete", key: "a", tasks: [task(1), task(2), task(3)] }), /1 of them had changed/);

  assert.deepEqual([...stored.keys()], [2]);
});

test("a change of a new task waits for its id, and is obsolete if the task was not added", async () => {
  const pending = newTask("k", { title: "Task 1" });
  const change: Change = { kind: "complete", key: "a", task: pending, completed: true };

  const saved = await sendWithVersions(api, (each) => (each.rowKey === "k" ? task(1) : undefined))(change);
  assert.equal(saved?.id, 1);
  await assert.rejects(send(change), ObsoleteError);
});

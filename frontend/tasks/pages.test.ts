import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import { test } from "vitest";

import type { Api } from "./api";
import type { paths } from "./api-types";
import { fetchPages, type ShownList } from "./pages";
import type { Task, TaskList } from "./task";
import { applySimply } from "./tasks";

const NEVER_ABORTED = new AbortController().signal;

test("a list is shown page by page until it is whole", async () => {
  const service = new Service(2500);
  const { list, shown } = await fetchList(service);

  assert.deepEqual(
    shown.map(({ tasks }) => tasks.length),
    [200, 1200, 2200, 2500],
  );
  assert.deepEqual(
    shown.map(({ next }) => next === null),
    [false, false, false, true],
  );
  assert.deepEqual(idsOf(list), service.ids());
});

test("a short list takes one request", async () => {
  const service = new Service(200);
  const { list } = await fetchList(service);

  assert.deepEqual(idsOf(list), service.ids());
  assert.deepEqual(service.requests, ["?limit=200"]);
});

test("a list that has not changed takes one request, and keeps its object", async () => {
  const service = new Service(2500);
  const { list: cached } = await fetchList(service);
  service.requests.length = 0;

  const { list, shown } = await fetchList(service, cached);

  assert.equal(list, cached);
  assert.deepEqual(shown, []);
  assert.deepEqual(service.requests, ["?limit=200 If-None-Match 1"]);
});

test("a whole list stays until the next one is whole, and unchanged tasks keep their objects", async () => {
  const service = new Service(2500);
  const { list: cached } = await fetchList(service);
  service.complete(7);

  const { list, shown } = await fetchList(service, cached);

  assert.deepEqual(shown, []);
  const changed = list.tasks.filter((task, index) => task !== cached.tasks[index]);
  assert.deepEqual(
    changed.map(({ id, completed }) => [id, completed]),
    [[7, true]],
  );
});

test("a list that changes between two pages is fetched again by the next request", async () => {
  const service = new Service(2500);
  service.onRequest = (count) => count === 3 && service.add();
  const { list: cached } = await fetchList(service);
  assert.deepEqual(idsOf(cached), service.ids().slice(1));

  const { list } = await fetchList(service, cached);

  assert.deepEqual(idsOf(list), service.ids());
});

test("a task that is deleted between two pages moves no other task", async () => {
  const service = new Service(2500);
  service.onRequest = (count) => count === 2 && service.delete(2301); // The last task of the first page.

  const { list } = await fetchList(service);

  assert.deepEqual(
    idsOf(list).filter((id) => id !== 2301),
    service.ids(),
  );
});

test("a list that was shown in part is continued, with the changes that were saved meanwhile", async () => {
  const service = new Service(2500);
  const { shown: parts } = await fetchList(service);
  const [, partial] = parts;
  assert(partial);
  service.requests.length = 0;

  const { list } = await fetchList(service, withCompleted(partial, 2500), (count, shown) => {
    if (count === 1) shown.set(withCompleted(shown.get() ?? partial, 2499));
  });

  assert.deepEqual(idsOf(list), service.ids());
  assert.deepEqual(
    list.tasks.slice(0, 3).map(({ completed }) => completed),
    [true, true, false],
  );
  assert.deepEqual(service.requests, ["?limit=1000&after=1301", "?limit=1000&after=301"]);
});

test("a whole list is fetched again if a change was saved meanwhile", async () => {
  const service = new Service(2500);
  const { list: before } = await fetchList(service);
  service.complete(7);

  const { list } = await fetchList(service, before, (count, shown) => {
    if (count !== 1) return;
    service.complete(8);
    shown.set(withCompleted(before, 8));
  });

  const completed = list.tasks.filter((task) => task.completed).map(({ id }) => id);
  assert.deepEqual(completed, [8, 7]);
});

test("a task that is in the list already is not added again by its page", async () => {
  const service = new Service(2500);
  const { shown: parts } = await fetchList(service);
  const [partial] = parts;
  assert(partial);

  const { list } = await fetchList(service, { ...partial, tasks: [service.task(5), ...partial.tasks] });

  assert.equal(list.tasks[0]?.id, 5);
  assert.equal(new Set(idsOf(list)).size, 2500);
});

interface Fetched {
  list: TaskList;
  /** What was shown, in this order. */
  shown: TaskList[];
}

/** `onRequest` is called before each response, with the number of requests so far. */
async function fetchList(
  service: Service,
  before?: TaskList,
  onRequest?: (count: number, shown: ShownList) => void,
): Promise<Fetched> {
  const shown: TaskList[] = [];
  let now = before;
  const list: ShownList = {
    get: () => now,
    set: (next) => {
      now = next;
      shown.push(next);
    },
  };
  if (onRequest) {
    let count = 0;
    service.onRequest = () => {
      count += 1;
      onRequest(count, list);
    };
  }
  return { list: await fetchPages(service.api, list, NEVER_ABORTED), shown };
}

/** The list with a task that the service has saved. */
function withCompleted(list: TaskList, id: number): TaskList {
  const task = list.tasks.find((each) => each.id === id);
  assert(task);
  const change = { kind: "complete", key: "1", task, completed: true } as const;
  return { ...list, tasks: applySimply(list.tasks, change, { ...task, completed: true }), version: null };
}

function idsOf({ tasks }: TaskList): number[] {
  return tasks.map(({ id }) => id);
}

/** Responds to `GET /api/tasks` as the contract says. The cursor is the id of the last task of a page. */
class Service {
  /** The query of each request, and its `If-None-Match`. */
  readonly requests: string[] = [];
  /** Called with the number of requests so far, before the response. */
  onRequest: (count: number) => unknown = () => undefined;
  readonly api: Api = createClient<paths>({
    baseUrl: "http://127.0.0.1",
    fetch: async (request) => this.#respond(request),
  });
  #tasks: Task[] = [];
  #version = 0;

  constructor(count: number) {
    for (let id = 1; id <= count; id += 1) this.add();
    this.#version = 1;
  }

  add(): void {
    const id = (this.#tasks[0]?.id ?? 0) + 1;
    const at = new Date(id).toISOString();
    const times = { created_at: at, updated_at: at, etag: `"${at}"` };
    const task = { id, user_id: "ada", title: `Task ${id}`, description: null, completed: false, ...times };
    this.#tasks.unshift(task);
    this.#version += 1;
  }

  complete(id: number): void {
    const at = new Date().toISOString();
    const changed = { completed: true, updated_at: at, etag: `"${at}"` };
    this.#tasks = this.#tasks.map((task) => (task.id === id ? { ...task, ...changed } : task));
    this.#version += 1;
  }

  delete(id: number): void {
    this.#tasks = this.#tasks.filter((task) => task.id !== id);
    this.#version += 1;
  }

  ids(): number[] {
    return this.#tasks.map(({ id }) => id);
  }

  task(id: number): Task {
    return this.#tasks.find((task) => task.id === id) as Task;
  }

  #respond({ url, headers }: Request): Response {
    const { search, searchParams } = new URL(url);
    const known = headers.get("If-None-Match");
    this.requests.push(search + (known ? ` If-None-Match ${known.replaceAll('"', "")}` : ""));
    this.onRequest(this.requests.length);
    const answer = { headers: { ETag: `"${this.#version}"` } };
    if (known === answer.headers.ETag) return new Response(null, { ...answer, status: 304 });
    const after = Number(searchParams.get("after") ?? Infinity);
    const rest = this.#tasks.filter(({ id }) => id < after);
    const page = rest.slice(0, Number(searchParams.get("limit")));
    const next = page.length < rest.length ? String(page.at(-1)?.id) : null;
    return Response.json({ data: page, next }, answer);
  }
}

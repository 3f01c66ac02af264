import assert from "node:assert/strict";
import { test } from "node:test";

import createClient from "openapi-fetch";

import type { Api } from "./api";
import type { paths } from "./api-types";
import type { Task } from "./task";
import { fetchTaskList, withSavedTask, type TaskList } from "./task-list";

const NEVER_ABORTED = new AbortController().signal;

test("a list is shown page by page until it is whole", async () => {
  const service = new Service(2500);
  const { list, shown } = await fetchList(service);

  assert.deepEqual(shown.map(({ tasks }) => tasks.length), [200, 1200, 2200, 2500]);
  assert.deepEqual(shown.map(({ next }) => next === null), [false, false, false, true]);
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
  assert.deepEqual(changed.map(({ id, completed }) => [id, completed]), [[7, true]]);
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

  assert.deepEqual(idsOf(list).filter((id) => id !== 2301), service.ids());
});

test("a fetch that a change has cancelled is continued, and then compared", async () => {
  const service = new Service(2500);
  const partial = await interruptAfter(service, 2);
  service.complete(2500);
  const changed = withSavedTask(partial, 2500, service.task(2500));
  service.requests.length = 0;

  const { list, shown } = await fetchList(service, changed);

  assert.deepEqual(shown.map(({ tasks }) => tasks.length), [2200, 2500]);
  assert(shown.every(({ tasks }) => tasks[0]?.completed));
  assert.deepEqual(idsOf(list), service.ids());
  assert.deepEqual(service.requests.slice(0, 3), [
    "?limit=1000&after=1301",
    "?limit=1000&after=301",
    "?limit=200",
  ]);
});

test("a cancelled fetch shows nothing more, even if the response has arrived", async () => {
  const service = new Service(2500);
  const controller = new AbortController();
  const shown: TaskList[] = [];
  const show = (list: TaskList) => {
    shown.push(list);
    service.onRequest = () => controller.abort();
  };

  await assert.rejects(fetchTaskList(service.api, undefined, controller.signal, show), { name: "AbortError" });

  assert.deepEqual(shown.map(({ tasks }) => tasks.length), [200]);
});

test("a task that is in the list already is not added again by its page", async () => {
  const service = new Service(2500);
  const partial = await interruptAfter(service, 1);

  const { shown } = await fetchList(service, withSavedTask(partial, undefined, service.task(5)));

  const ids = idsOf(shown.at(-1)!);
  assert.equal(ids[0], 5);
  assert.equal(new Set(ids).size, ids.length);
});

interface Fetched {
  list: TaskList;
  /** What was shown, in this order. */
  shown: TaskList[];
}

async function fetchList(service: Service, cached?: TaskList): Promise<Fetched> {
  const shown: TaskList[] = [];
  const list = await fetchTaskList(service.api, cached, NEVER_ABORTED, (each) => shown.push(each));
  return { list, shown };
}

/** Returns the part of the list that has been shown when the fetch is cancelled. */
async function interruptAfter(service: Service, pages: number): Promise<TaskList> {
  const controller = new AbortController();
  const shown: TaskList[] = [];
  const show = (list: TaskList) => {
    if (shown.push(list) === pages) controller.abort();
  };
  await assert.rejects(fetchTaskList(service.api, undefined, controller.signal, show));
  return shown.at(-1)!;
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
    return this.#tasks.find((task) => task.id === id)!;
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
    const next = page.length < rest.length ? String(page.at(-1)!.id) : null;
    return Response.json({ data: page, next }, answer);
  }
}

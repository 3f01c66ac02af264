import { type Api, unwrap } from "./api";
import { FIRST_PAGE_SIZE, rowKeyOf, type Task, type TaskList } from "./task";

/** The maximum of the contract, because each page takes a round trip. */
const PAGE_SIZE = 1000;

/** The list that is shown. A change that is saved replaces it. */
export interface ShownList {
  get: () => TaskList | undefined;
  set: (list: TaskList) => void;
}

/**
 * Fetches the list page by page, and shows each page at once. If a whole list is shown already, the
 * service sends it only if it differs, because the `ETag` of every page is the version of the whole list.
 */
export async function fetchPages(api: Api, shown: ShownList, signal: AbortSignal): Promise<TaskList> {
  const before = shown.get();
  if (before && before.next !== null) return fetchRest(api, before, signal, shown);
  const first = await fetchPage(api, { limit: FIRST_PAGE_SIZE }, signal, before);
  if (!before) {
    shown.set(first);
    return fetchRest(api, first, signal, shown);
  }
  const list = first === before ? before : await fetchAgain(api, first, before, signal);
  // If a change was saved meanwhile, the service may have read the list before it.
  return shown.get() === before ? list : fetchPages(api, shown, signal);
}

/**
 * Appends the other pages to what is shown then, with the changes that were saved meanwhile. No task has
 * moved to another page: the position of a task is fixed. The version stays that of the first page: if the
 * list has changed since, the next request gets it again.
 */
async function fetchRest(api: Api, start: TaskList, signal: AbortSignal, shown?: ShownList): Promise<TaskList> {
  let list = start;
  while (list.next !== null) {
    const page = await fetchPage(api, { limit: PAGE_SIZE, after: list.next }, signal);
    const now = shown?.get() ?? list;
    list = { ...now, tasks: withPage(now.tasks, page.tasks), next: page.next };
    shown?.set(list);
  }
  return list;
}

/** Shows nothing before the list is whole, because a whole one is shown already. */
async function fetchAgain(api: Api, first: TaskList, before: TaskList, signal: AbortSignal): Promise<TaskList> {
  const list = await fetchRest(api, first, signal);
  return { ...list, tasks: shareUnchanged(list.tasks, before.tasks) };
}

/** Leaves out what is listed already: a repeated addition may have put an older task into the list. */
function withPage(tasks: readonly Task[], page: readonly Task[]): Task[] {
  const ids = new Set(tasks.map(({ id }) => id));
  return [...tasks, ...page.filter(({ id }) => !ids.has(id))];
}

/** Returns `cached` if the list still has this version. */
async function fetchPage(
  api: Api,
  query: { limit: number; after?: string },
  signal: AbortSignal,
  cached?: TaskList,
): Promise<TaskList> {
  const header = cached?.version ? { "If-None-Match": cached.version } : {};
  const result = await api.GET("/api/tasks", { params: { header, query }, signal });
  if (signal.aborted) throw signal.reason;
  if (result.response.status === 304 && cached) return cached;
  const { data: tasks, next = null } = unwrap(result);
  return { tasks, version: result.response.headers.get("ETag"), next };
}

/** Reuses the objects of unchanged tasks, so that React does not render their rows again. */
function shareUnchanged(tasks: readonly Task[], shown: readonly Task[]): Task[] {
  const shownById = new Map(shown.map((task) => [task.id, task]));
  return tasks.map((task) => {
    const before = shownById.get(task.id);
    if (before?.etag === task.etag) return before;
    return before ? { ...task, rowKey: rowKeyOf(before) } : task;
  });
}

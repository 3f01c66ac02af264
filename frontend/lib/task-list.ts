import { unwrap, type Api } from "./api";
import type { Task } from "./task";

/** The list, or the part of it that is fetched. */
export interface TaskList {
  tasks: readonly Task[];
  /** The `ETag` of the first page, or null when a change has been put into the list since. */
  version: string | null;
  /** The value of `after` for the next page, or null when the list is whole. */
  next: string | null;
}

/** Small, so that the first tasks are shown at once. */
const FIRST_PAGE_SIZE = 200;
/** The maximum of the contract, because each page takes a round trip. */
const PAGE_SIZE = 1000;

/**
 * Fetches the list page by page. The service sends it only if it differs from `cached`, because the
 * `ETag` of every page is the version of the whole list.
 *
 * `show` gets the list after each page, except when a whole list is already shown. If a change cancels
 * the fetch, the next one continues with the page that is missing, so that a slow connection gets to
 * the end of the list.
 */
export async function fetchTaskList(
  api: Api,
  cached: TaskList | undefined,
  signal: AbortSignal,
  show: (list: TaskList) => void,
): Promise<TaskList> {
  const whole = cached && (await fetchRest(api, cached, signal, show));
  const first = await fetchPage(api, { limit: FIRST_PAGE_SIZE }, signal, whole);
  if (first === whole) return whole;
  if (!whole) {
    show(first);
    return fetchRest(api, first, signal, show);
  }
  const fetched = await fetchRest(api, first, signal, ignore);
  return { ...fetched, tasks: shareUnchanged(fetched.tasks, whole.tasks) };
}

/**
 * Keeps the version of the first page. If a later page has another one, the list has changed meanwhile,
 * so the next request gets it again. No task has moved to another page: the position of a task is fixed.
 */
async function fetchRest(
  api: Api,
  start: TaskList,
  signal: AbortSignal,
  show: (list: TaskList) => void,
): Promise<TaskList> {
  let list = start;
  while (list.next !== null) {
    const page = await fetchPage(api, { limit: PAGE_SIZE, after: list.next }, signal);
    list = { ...list, tasks: withPage(list.tasks, page.tasks), next: page.next };
    show(list);
  }
  return list;
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
  // A response that had arrived before the fetch was cancelled may lack the change that cancelled it.
  signal.throwIfAborted();
  if (result.response.status === 304 && cached) return cached;
  const { data: tasks, next = null } = unwrap(result);
  return { tasks, version: result.response.headers.get("ETag"), next };
}

function ignore(): void {}

/** Reuses the cached objects of unchanged tasks, so that React does not render their rows again. */
function shareUnchanged(tasks: readonly Task[], cached: readonly Task[]): Task[] {
  const cachedById = new Map(cached.map((task) => [task.id, task]));
  return tasks.map((task) => {
    const before = cachedById.get(task.id);
    return before?.etag === task.etag ? before : task;
  });
}

/** Returns the list with a task that the service has saved, or without it if `task` is null. */
export function withSavedTask(list: TaskList, id: number | undefined, task: Task | null): TaskList {
  if (!task) return { ...list, tasks: list.tasks.filter((each) => each.id !== id), version: null };
  const isListed = list.tasks.some((each) => each.id === task.id);
  const tasks = isListed
    ? list.tasks.map((each) => (each.id === task.id ? task : each))
    : [task, ...list.tasks];
  return { ...list, tasks, version: null };
}

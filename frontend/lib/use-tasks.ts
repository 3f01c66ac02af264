import {
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { useMemo, useRef } from "react";

import { useApi } from "@/components/api-provider";

import { ConflictError } from "./conflict-error";
import { applyOptimistically } from "./optimistic-tasks";
import { saveChange } from "./save-change";
import { runSerially } from "./serial-queue";
import type { Task } from "./task";
import type { TaskChange } from "./task-change";
import { fetchTaskList, withSavedTask, type TaskList } from "./task-list";

const QUERY_KEY = ["tasks"] as const;
const MUTATION_KEY = ["tasks", "change"] as const;
const REFETCH_INTERVAL_MS = 60_000;

/** Maps the id of a task that was added on this page to the key of its row. */
const rowKeys = new Map<number, string>();

/**
 * Returns the tasks with optimistic updates: the list of the service, with the pending changes applied.
 * There is nothing to roll back when a change fails, because it is then no longer pending.
 *
 * The pages of a long list arrive one after the other. `savedTasks` is undefined until it is whole.
 */
export function useTasks() {
  const api = useApi();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: QUERY_KEY,
    queryFn: ({ signal }) => {
      const show = (list: TaskList) => void client.setQueryData<TaskList>(QUERY_KEY, list);
      return fetchTaskList(api, cachedList(client), signal, show);
    },
    // `fetchTaskList` does this by the ids of the tasks. TanStack Query would do it by their positions.
    structuralSharing: false,
    refetchInterval: () => (client.isMutating() ? false : REFETCH_INTERVAL_MS),
  });
  const pendingChanges = useMutationState({
    filters: { mutationKey: MUTATION_KEY, status: "pending" },
    select: ({ state }) => state.variables as TaskChange,
  });
  const list = query.data;
  const tasks = useMemo(
    () => list && applyOptimistically(list.tasks, pendingChanges, rowKeys),
    [list, pendingChanges],
  );
  const isWhole = list?.next === null;
  return {
    tasks,
    savedTasks: isWhole ? list.tasks : undefined,
    isWhole,
    pendingChanges,
    error: query.error,
    refetch: query.refetch,
  };
}

/** Returns a function that saves a change and resolves when the service has saved it. */
export function useTaskMutation(): (change: TaskChange) => Promise<Task | null> {
  const api = useApi();
  const client = useQueryClient();
  const needsRefetch = useRef(false);
  const { mutateAsync } = useMutation({
    mutationKey: MUTATION_KEY,
    mutationFn: (change: TaskChange) =>
      // The cache is updated before the next change of this task starts, because that one reads it.
      runSerially(queueKey(change), async () => {
        const task = await saveChange(api, change, cachedTask(client, change)).catch((error: unknown) => {
          if (error instanceof ConflictError) updateCache(client, error.change.task.id, error.theirs);
          throw error;
        });
        if (change.kind === "add" && task) rowKeys.set(task.id, change.key);
        updateCache(client, change.kind === "add" ? undefined : change.task.id, task);
        return task;
      }),
    // The response of an earlier request for the list would overwrite the result of this change.
    onMutate: async () => {
      if (!client.isFetching({ queryKey: QUERY_KEY })) return;
      needsRefetch.current = true;
      await client.cancelQueries({ queryKey: QUERY_KEY });
    },
    // A successful response contains the new task. After a failure the list must be fetched again.
    onError: () => {
      needsRefetch.current = true;
    },
    onSettled: () => {
      // The service may have read a list that is being fetched before it saved this change.
      needsRefetch.current ||= client.isFetching({ queryKey: QUERY_KEY }) > 0;
      // `isMutating` still counts this change here. Without the delay, two changes that settle
      // together would each leave the refetch to the other.
      setTimeout(() => {
        if (!needsRefetch.current || client.isMutating({ mutationKey: MUTATION_KEY })) return;
        needsRefetch.current = false;
        void client.invalidateQueries({ queryKey: QUERY_KEY });
      });
    },
  });
  return mutateAsync;
}

/** New tasks share a queue, so that they are saved in their order. Every other task has its own. */
function queueKey(change: TaskChange): string {
  return change.kind === "add" ? "new" : String(change.task.id);
}

function cachedList(client: QueryClient): TaskList | undefined {
  return client.getQueryData<TaskList>(QUERY_KEY);
}

function cachedTask(client: QueryClient, change: TaskChange): Task | undefined {
  if (change.kind === "add") return undefined;
  return cachedList(client)?.tasks.find(({ id }) => id === change.task.id);
}

function updateCache(client: QueryClient, id: number | undefined, task: Task | null): void {
  client.setQueryData<TaskList>(QUERY_KEY, (list) => list && withSavedTask(list, id, task));
}

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
import { sendChange } from "./save-change";
import { runSerially } from "./serial-queue";
import type { Task } from "./task";
import { withChanges, type TaskChange } from "./task-change";
import { fetchList, withAnswer, type TaskList } from "./task-list";

const TASKS = ["tasks"] as const;
const CHANGE = ["tasks", "change"] as const;
const LOOK_AGAIN_MS = 60_000;

/** Which row a new task had before it had an id. */
const rowKeys = new Map<number, string>();

/**
 * The tasks as the user is to see them: what the service has said, and on top of it the changes that
 * are on their way. A change that fails takes itself off again; there is nothing to roll back.
 */
export function useTasks() {
  const api = useApi();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: TASKS,
    queryFn: ({ signal }) => fetchList(api, listIn(client), signal),
    // By `fetchList`, which knows tasks by their id and not, as this would, by their place.
    structuralSharing: false,
    refetchInterval: () => (client.isMutating() ? false : LOOK_AGAIN_MS),
  });
  const changes = useMutationState({
    filters: { mutationKey: CHANGE, status: "pending" },
    select: ({ state }) => state.variables as TaskChange,
  });
  const list = query.data;
  const tasks = useMemo(() => list && withChanges(list.tasks, changes, rowKeys), [list, changes]);
  return { tasks, known: list?.tasks, changes, error: query.error, refetch: query.refetch };
}

/** Makes a change, and resolves when the service has agreed. */
export function useTaskChange(): (change: TaskChange) => Promise<Task | null> {
  const api = useApi();
  const client = useQueryClient();
  const listIsDue = useRef(false);
  const { mutateAsync } = useMutation({
    mutationKey: CHANGE,
    mutationFn: (change: TaskChange) =>
      // What came of a change is kept within its turn: the next one on this task begins with it.
      runSerially(queueKey(change), async () => {
        const task = await sendChange(api, change, latest(client, change)).catch((error: unknown) => {
          if (error instanceof ConflictError) keep(client, error.change.task.id, error.theirs);
          throw error;
        });
        if (change.kind === "add" && task) rowKeys.set(task.id, change.key);
        keep(client, change.kind === "add" ? undefined : change.task.id, task);
        return task;
      }),
    // A list that was asked for before the change would overwrite what comes after it.
    onMutate: async () => {
      if (!client.isFetching({ queryKey: TASKS })) return;
      listIsDue.current = true;
      await client.cancelQueries({ queryKey: TASKS });
    },
    // What a change came to is in its answer; only where there is none, the list has to be asked for.
    onError: () => {
      listIsDue.current = true;
    },
    onSettled: () => {
      // One that is on its way may have been read before this change was made.
      listIsDue.current ||= client.isFetching({ queryKey: TASKS }) > 0;
      // When this change is not counted any more: of two that settle together, each would wait for the other.
      setTimeout(() => {
        if (!listIsDue.current || client.isMutating({ mutationKey: CHANGE })) return;
        listIsDue.current = false;
        void client.invalidateQueries({ queryKey: TASKS });
      });
    },
  });
  return mutateAsync;
}

function queueKey(change: TaskChange): string {
  return change.kind === "add" ? "new" : String(change.task.id);
}

function listIn(client: QueryClient): TaskList | undefined {
  return client.getQueryData<TaskList>(TASKS);
}

function latest(client: QueryClient, change: TaskChange): Task | undefined {
  if (change.kind === "add") return undefined;
  return listIn(client)?.tasks.find(({ id }) => id === change.task.id);
}

function keep(client: QueryClient, id: number | undefined, task: Task | null): void {
  client.setQueryData<TaskList>(TASKS, (list) => list && withAnswer(list, id, task));
}

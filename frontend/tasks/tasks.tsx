"use client";

import { useMutation, useMutationState, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { type Api, unwrap } from "./api";
import { useApi } from "./api-provider";
import { runSerially } from "./serial-queue";
import { createKey, isSame, newTask, rowKeyOf, type Task, type TaskInput, type TaskList } from "./task";

/** What a user does. The service makes an addition with the same `key` only once. */
export type Addition = { kind: "add"; key: string; input: TaskInput };
export type Completion = { kind: "complete"; key: string; task: Task; completed: boolean };

/** Where tasks come from, and what becomes of changes. A layer replaces what it does differently. */
export interface Source<Change> {
  load: (signal: AbortSignal) => Promise<TaskList>;
  /** Rejects when the change is undone before it is sent. */
  untilDecided?: (change: Change) => Promise<void>;
  /** Makes the change, and returns the task as it is then, or null if it is deleted. */
  send: (change: Change) => Promise<Task | null>;
  /** Returns the tasks as they are with the change: `saved` by the service, or pending. */
  apply: (tasks: readonly Task[], change: Change, saved?: Task | null) => readonly Task[];
  /** Changes with the same name are sent one after the other. */
  queues: (change: Change) => string[];
}

export function simpleSource(api: Api): Source<Addition | Completion> {
  return {
    load: async (signal) => ({
      tasks: unwrap(await api.GET("/api/tasks", { signal })).data,
      next: null,
      version: null,
    }),
    send: async (change) => {
      if (change.kind === "complete") {
        const path = { id: change.task.id };
        return unwrap(await api.PATCH("/api/tasks/{id}/complete", { params: { path } })).data;
      }
      const header = { "Idempotency-Key": change.key };
      return unwrap(await api.POST("/api/tasks", { params: { header }, body: change.input })).data;
    },
    apply: applySimply,
    queues: (change) => [change.kind === "complete" ? rowKeyOf(change.task) : "new"],
  };
}

export function applySimply(tasks: readonly Task[], change: Addition | Completion, saved?: Task | null) {
  if (change.kind === "complete") return withTask(tasks, change.task, saved, { completed: change.completed });
  const task = { ...(saved ?? { ...newTask(change.key, change.input), saving: true }), rowKey: change.key };
  return tasks.some((each) => isSame(each, task)) ? withTask(tasks, task, task) : [task, ...tasks];
}

export function withTask(tasks: readonly Task[], task: Task, saved?: Task | null, pending?: Partial<Task>) {
  if (saved === null) return tasks.filter((each) => !isSame(each, task));
  return tasks.map((each) => {
    if (!isSame(each, task)) return each;
    return saved ? { ...saved, rowKey: each.rowKey } : { ...each, ...pending, saving: true };
  });
}

export const KEY = ["tasks"];

/** The list of the service with the pending changes. A change that fails is no longer pending, and so undone. */
export function useTasks<Change extends { key: string }>(source: Source<Change>, initialData?: TaskList) {
  const client = useQueryClient();
  const isIdle = () => client.isMutating() === 0;
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => source.load(signal),
    initialData,
    structuralSharing: false,
    refetchInterval: () => isIdle() && 55_000,
    refetchOnWindowFocus: isIdle,
  });
  const filters = { mutationKey: KEY, status: "pending" as const };
  const pending = useMutationState({ filters, select: ({ state }) => state.variables as Change });
  const { mutateAsync } = useMutation({
    mutationKey: KEY,
    mutationFn: async (change: Change) => {
      await source.untilDecided?.(change);
      return runSerially(source.queues(change), async () => {
        const saved = await source.send(change);
        const put = (list: TaskList) => ({ ...list, tasks: source.apply(list.tasks, change, saved), version: null });
        client.setQueryData<TaskList>(KEY, (list) => list && put(list));
        return saved;
      });
    },
    onError: () => void client.invalidateQueries({ queryKey: KEY }),
  });
  const list = query.data;
  const tasks = useMemo(() => {
    if (!list && pending.length === 0) return undefined;
    return pending.reduce<readonly Task[]>((now, change) => source.apply(now, change), list?.tasks ?? []);
  }, [list, pending, source]);
  return { tasks, list, pending, error: query.error, refetch: query.refetch, change: mutateAsync };
}

/** All of it alone, without a layer: `/simple` shows it. */
export function SimpleTasks() {
  const api = useApi();
  const { tasks = [], change } = useTasks(useMemo(() => simpleSource(api), [api]));
  const make = (wanted: Addition | Completion) => void change(wanted).catch((error: Error) => alert(error.message));
  const add = (form: FormData) => make({ kind: "add", key: createKey(), input: { title: String(form.get("title")) } });
  return (
    <form action={add}>
      <input name="title" aria-label="Title" placeholder="What needs to be done?" required />
      {tasks.map((task) => (
        <label key={rowKeyOf(task)} aria-busy={Boolean(task.saving)} style={{ display: "block" }}>
          <input
            type="checkbox"
            checked={task.completed}
            onChange={({ target }) => make({ kind: "complete", key: createKey(), task, completed: target.checked })}
          />
          {task.title}
        </label>
      ))}
    </form>
  );
}

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";

import { ConflictError } from "@/conflicts/conflict-error";
import { sendWithVersions } from "@/conflicts/save-with-version";
import { useOrphanedDrafts } from "@/drafts/use-orphaned-drafts";
import { keepList, readKeptList, type User } from "@/offline/kept-list";
import { adoptChanges, forgetChanges, isKept, keepChange, withOutbox } from "@/offline/outbox";
import { renewToken } from "@/session/token";
import { onMessage, tellTabs } from "@/tabs/tabs";
import { requiresSignIn } from "@/tasks/api-error";
import { useApi } from "@/tasks/api-provider";
import { applyChange, type Change, queuesOf } from "@/tasks/change";
import { fetchPages, type ShownList } from "@/tasks/pages";
import { isSame, type TaskList } from "@/tasks/task";
import { KEY, type Source, useTasks } from "@/tasks/tasks";
import { isNavigating, navigateTo, onLeave } from "@/ui/navigation";
import { releaseHolds, untilDecided } from "@/undo/undo";

import { reportFailure, reportSuccess } from "./outcomes";

/** Makes a change, and tells the user what became of it. */
export type Make = (change: Change) => void;

/** The simple list of `tasks/tasks.tsx` with its layers: pages, versions, undo, outbox and tabs. */
export function useBoard(user: User, initialList: TaskList | undefined) {
  const source = useLayers(user);
  const { change, ...board } = useTasks(source, initialList);
  const { list, pending } = board;
  const make: Make = useCallback(
    (wanted) => {
      const announce = (task: Awaited<ReturnType<typeof change>>) => {
        tellTabs({ kind: "saved", owner: user.id, change: wanted, task });
        reportSuccess(wanted, task);
      };
      void keepChange(user.id, wanted);
      void change(wanted).then(announce, (error) => reportFailure(wanted, error));
    },
    [change, user],
  );
  const isWhole = list?.next === null;
  useOrphanedDrafts(isWhole ? list.tasks : undefined, pending);
  useOtherTabs(user);
  useLeftChanges(user, make);
  useClosing(pending.length > 0);
  useEffect(() => {
    if (isWhole) keepList(user, list);
  }, [user, list, isWhole]);
  return { ...board, isWhole, make };
}

function useLayers(user: User): Source<Change> {
  const api = useApi();
  const client = useQueryClient();
  return useMemo(() => {
    const shown: ShownList = {
      get: () => client.getQueryData<TaskList>(KEY),
      set: (list) => void client.setQueryData(KEY, list),
    };
    const versioned = sendWithVersions(api, (task) => shown.get()?.tasks.find((each) => isSame(each, task)));
    return {
      apply: applyChange,
      queues: queuesOf,
      untilDecided,
      send: withOutbox(user.id, versioned, (error) => error instanceof ConflictError),
      load: async (signal) => {
        await showKeptList(user, shown);
        const [list] = await Promise.all([fetchPages(api, shown, signal), checkSession()]);
        return list;
      },
    };
  }, [api, client, user]);
}

/** A token is valid for a while after its session was revoked, so Better Auth is asked too. */
async function checkSession(): Promise<void> {
  await renewToken().catch((error: unknown) => {
    if (requiresSignIn(error)) throw error;
  });
}

/** The list that this device keeps saves fetching the pages of a list that has not changed since. */
async function showKeptList({ id }: User, shown: ShownList): Promise<void> {
  const list = shown.get();
  if (list?.next === null) return;
  const kept = await readKeptList();
  if (kept?.user.id === id && (!list || list.version === kept.list.version)) shown.set(kept.list);
}

/** Makes what earlier pages have left unsent, and what other tabs leave when they are closed. Other users are gone. */
function useLeftChanges({ id }: User, make: Make): void {
  useEffect(() => {
    const adopt = async () => {
      if (document.visibilityState === "visible") for (const change of await adoptChanges(id)) make(change);
    };
    void forgetChanges(id).then(adopt);
    document.addEventListener("visibilitychange", adopt);
    return () => document.removeEventListener("visibilitychange", adopt);
  }, [id, make]);
}

/** Shows what other tabs have saved, and follows them when they sign out or in. */
function useOtherTabs({ id }: User): void {
  const client = useQueryClient();
  useEffect(
    () =>
      onMessage((message) => {
        if (message.kind === "signed-out") return navigateTo("/sign-in");
        if (message.kind === "signed-in") return message.owner === id ? undefined : navigateTo("/");
        const { change, task, owner } = message;
        const put = (list: TaskList) => ({ ...list, tasks: applyChange(list.tasks, change, task), version: null });
        if (owner === id) client.setQueryData<TaskList>(KEY, (list) => list && put(list));
      }),
    [client, id],
  );
}

/** Sends what is held back for an undo. The browser asks the user only if it does not keep what is not sent. */
function useClosing(isPending: boolean): void {
  useEffect(() => onLeave(releaseHolds), []);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (isPending && !isKept() && !isNavigating()) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isPending]);
}

"use client";

import { useIsMutating } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { TaskForm } from "@/components/add-task-form";
import { ConflictDialog } from "@/components/conflict-dialog";
import { PageLayout } from "@/components/page-layout";
import { SignOutButton } from "@/components/sign-out-button";
import { TaskList } from "@/components/task-list";
import { setDraftOwner } from "@/lib/draft-storage";
import { isNavigating } from "@/lib/navigation";
import { headline, progress, summary } from "@/lib/summary";
import { setTokenOwner } from "@/lib/token";
import { useAdding } from "@/lib/use-add-task";
import { useAttempt } from "@/lib/use-change-task";
import { useConflicts } from "@/lib/use-conflicts";
import { useOrphanedDrafts } from "@/lib/use-orphaned-drafts";
import { useTasks } from "@/lib/use-tasks";

export interface TaskBoardProps {
  userId: string;
  userName: string;
}

export default function TaskBoard({ userId, userName }: TaskBoardProps) {
  useState(() => claim(userId)); // Once, and before anything below needs either.
  const { tasks, savedTasks, pendingChanges, error, refetch } = useTasks();
  const { conflict, raise, raiseOnce, settle } = useConflicts();
  const attempt = useAttempt(raise);
  const adding = useAdding(attempt);
  useOrphanedDrafts(savedTasks, pendingChanges, raiseOnce);
  useWarningBeforeLoss();

  return (
    <PageLayout
      headline={tasks ? headline(tasks) : "Your list."}
      subtitle={<Summary text={tasks && summary(tasks)} />}
      progress={tasks ? progress(tasks) : 0}
      menu={<SignOutButton userName={userName} />}
    >
      <TaskForm adding={adding} />
      <TaskList tasks={tasks} error={error} onRetry={refetch} attempt={attempt} />
      {conflict && (
        <ConflictDialog
          key={conflict.id}
          conflict={conflict}
          attempt={attempt}
          onAdd={adding.add}
          onSettled={settle}
        />
      )}
    </PageLayout>
  );
}

function claim(userId: string): void {
  setDraftOwner(userId);
  setTokenOwner(userId);
}

function Summary({ text }: { text: string | undefined }) {
  return (
    <p className={text ? "tabular-nums" : "invisible"} data-summary>
      {text ?? "0 open"}
    </p>
  );
}

/** Asks before the page is left while something is still on its way. */
function useWarningBeforeLoss(): void {
  const underway = useIsMutating() > 0;
  useEffect(() => {
    if (!underway) return;
    const warn = (event: BeforeUnloadEvent) => {
      if (!isNavigating()) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [underway]);
}

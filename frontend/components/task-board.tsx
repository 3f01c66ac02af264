"use client";

import { useIsMutating } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { AddTaskForm } from "@/components/add-task-form";
import { ConflictDialog } from "@/components/conflict-dialog";
import { PageLayout } from "@/components/page-layout";
import { SignOutButton } from "@/components/sign-out-button";
import { TaskList } from "@/components/task-list";
import { setDraftOwner } from "@/lib/draft-storage";
import { isNavigating } from "@/lib/navigation";
import { headline, progress, summary } from "@/lib/summary";
import { setTokenOwner } from "@/lib/token";
import { useAddTask } from "@/lib/use-add-task";
import { useChangeTask } from "@/lib/use-change-task";
import { useConflicts } from "@/lib/use-conflicts";
import { useOrphanedDrafts } from "@/lib/use-orphaned-drafts";
import { useTasks } from "@/lib/use-tasks";

export interface TaskBoardProps {
  userId: string;
  userName: string;
}

export default function TaskBoard({ userId, userName }: TaskBoardProps) {
  useState(() => setOwner(userId)); // Runs once, before a hook below reads a draft or a token.
  const { tasks, savedTasks, isWhole, pendingChanges, error, refetch } = useTasks();
  const { conflict, addConflict, addConflictIfNew, removeConflict } = useConflicts();
  const changeTask = useChangeTask(addConflict);
  const addTask = useAddTask(changeTask);
  useOrphanedDrafts(savedTasks, pendingChanges, addConflictIfNew);
  useUnsavedChangesWarning();
  // The numbers of a part of the list would be wrong.
  const wholeList = isWhole ? tasks : undefined;

  return (
    <PageLayout
      headline={wholeList ? headline(wholeList) : "Your list."}
      subtitle={<Summary text={wholeList && summary(wholeList)} />}
      progress={wholeList ? progress(wholeList) : 0}
      menu={<SignOutButton userName={userName} />}
    >
      <AddTaskForm addTask={addTask} />
      <TaskList tasks={tasks} isWhole={isWhole} error={error} onRetry={refetch} changeTask={changeTask} />
      {conflict && (
        <ConflictDialog
          key={conflict.id}
          conflict={conflict}
          changeTask={changeTask}
          onAdd={addTask.add}
          onResolved={removeConflict}
        />
      )}
    </PageLayout>
  );
}

function setOwner(userId: string): void {
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

/** Makes the browser ask before the user leaves the page while a change is pending. */
function useUnsavedChangesWarning(): void {
  const isPending = useIsMutating() > 0;
  useEffect(() => {
    if (!isPending) return;
    const warn = (event: BeforeUnloadEvent) => {
      if (!isNavigating()) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isPending]);
}

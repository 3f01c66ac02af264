"use client";

import dynamic from "next/dynamic";
import { useState } from "react";

import { Conflicts } from "@/conflicts/conflict-dialog";
import { openDrafts } from "@/drafts/drafts";
import type { User } from "@/offline/kept-list";
import { SignOutButton } from "@/session/sign-out-button";
import { setTokenOwner } from "@/session/token";
import type { TaskList as List, Task } from "@/tasks/task";
import { PageLayout } from "@/ui/page-layout";

import { Capture } from "./capture";
import { Keys } from "./keys";
import { TaskList } from "./task-list";
import { useBoard } from "./use-board";
import { useViewOfUrl } from "./view";
import { ViewBar } from "./view-bar";

const Panel = dynamic(() => import("@/demo/panel"), { ssr: false });

const NUMBERS = "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split(" ");

interface BoardProps {
  user: User;
  /** The URL of the Tasks API in the demo, whose panel takes it away. */
  demoOf?: string | undefined;
  /** The first page of the list, if the server of this page got it in time. */
  initialList?: List | undefined;
}

/** The page of the tasks. */
export function Board({ user, demoOf, initialList }: BoardProps) {
  useState(() => setOwner(user)); // Runs once, before anything below reads a draft or a token.
  useViewOfUrl();
  const { tasks, isWhole, pending, error, refetch, make } = useBoard(user, initialList);
  // The numbers of a part of the list would be wrong.
  const summary = isWhole && tasks ? summaryOf(tasks) : undefined;
  return (
    <PageLayout
      headline={summary?.headline ?? "Your list."}
      subtitle={
        <p className={summary ? "tabular-nums" : "invisible"} data-summary>
          {summary?.text ?? "0 open"}
        </p>
      }
      progress={summary?.progress ?? 0}
      menu={
        <>
          <Keys />
          <SignOutButton user={user} isPending={pending.length > 0} />
        </>
      }
    >
      <Capture make={make} />
      <ViewBar />
      <TaskList tasks={tasks} isWhole={isWhole} error={error} onRetry={refetch} make={make} />
      <Conflicts make={make} />
      {demoOf && <Panel tasksApiUrl={demoOf} />}
    </PageLayout>
  );
}

function setOwner({ id }: User): void {
  if (typeof window === "undefined") return;
  openDrafts(id);
  setTokenOwner(id);
}

/** What the page says of a whole list. The progress is from 0 to 1, and 1 for an empty list. */
function summaryOf(tasks: readonly Task[]) {
  const done = tasks.filter(({ completed }) => completed).length;
  const open = tasks.length - done;
  const toGo = open === 0 ? "All done." : `${NUMBERS[open] ?? open} to go.`;
  return {
    headline: tasks.length === 0 ? "A clear day." : toGo,
    text: `${open} open · ${done} done`,
    progress: tasks.length === 0 ? 1 : done / tasks.length,
  };
}

import { memo, startTransition, useEffect, useState } from "react";

import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { TaskRow } from "@/components/task-row";
import { requiresSignIn } from "@/lib/api-error";
import type { OptimisticTask } from "@/lib/optimistic-tasks";
import type { ChangeTask } from "@/lib/use-change-task";

const INITIAL_ROWS = 50;

interface TaskListProps {
  tasks: readonly OptimisticTask[] | undefined;
  error: Error | null;
  onRetry: () => unknown;
  changeTask: ChangeTask;
}

export const TaskList = memo(function TaskList({ tasks, error, onRetry, changeTask }: TaskListProps) {
  if (!tasks && error && !requiresSignIn(error)) return <LoadingError error={error} onRetry={onRetry} />;
  if (!tasks) return <ListSkeleton />;
  if (tasks.length === 0) return <EmptyState />;
  return <Rows tasks={tasks} changeTask={changeTask} />;
});

/** Renders the first rows at once and the others, which may be thousands, in a transition. */
function Rows({ tasks, changeTask }: { tasks: readonly OptimisticTask[]; changeTask: ChangeTask }) {
  const [showsAll, setShowsAll] = useState(false);
  useEffect(() => startTransition(() => setShowsAll(true)), []);
  return (
    <ul aria-label="Your tasks" className="-mx-2.5">
      {(showsAll ? tasks : tasks.slice(0, INITIAL_ROWS)).map((task) => (
        <TaskRow key={task.rowKey} task={task} changeTask={changeTask} />
      ))}
    </ul>
  );
}

function LoadingError({ error, onRetry }: { error: Error; onRetry: () => unknown }) {
  return (
    <div role="alert" className="rounded-3xl border border-line p-8 text-center">
      <p className="mb-4">Your tasks cannot be shown: {error.message}</p>
      <Button variant="outlined" onClick={() => void onRetry()}>
        Try again
      </Button>
    </div>
  );
}

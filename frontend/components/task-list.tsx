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
  /** False while pages are missing at the end of the list. */
  isWhole: boolean;
  error: Error | null;
  onRetry: () => unknown;
  changeTask: ChangeTask;
}

export const TaskList = memo(function TaskList({ tasks, isWhole, error, onRetry, changeTask }: TaskListProps) {
  if (isWhole && tasks?.length === 0) return <EmptyState />;
  const failure = error && !requiresSignIn(error) ? error : null;
  return (
    <>
      {tasks && <Rows tasks={tasks} isWhole={isWhole} changeTask={changeTask} />}
      {!isWhole && !failure && <ListSkeleton />}
      {!isWhole && failure && (
        <LoadingError what={tasks ? "The other tasks" : "Your tasks"} error={failure} onRetry={onRetry} />
      )}
    </>
  );
});

interface RowsProps {
  tasks: readonly OptimisticTask[];
  isWhole: boolean;
  changeTask: ChangeTask;
}

/** Renders the first rows at once and the others, which may be thousands, in transitions. */
function Rows({ tasks, isWhole, changeTask }: RowsProps) {
  const [rendered, setRendered] = useState(INITIAL_ROWS);
  const available = isWhole ? Infinity : tasks.length;
  useEffect(() => startTransition(() => setRendered(available)), [available]);
  return (
    <ul aria-label="Your tasks" className="-mx-2.5">
      {tasks.slice(0, rendered).map((task) => (
        <TaskRow key={task.rowKey} task={task} changeTask={changeTask} />
      ))}
    </ul>
  );
}

interface LoadingErrorProps {
  what: string;
  error: Error;
  onRetry: () => unknown;
}

function LoadingError({ what, error, onRetry }: LoadingErrorProps) {
  return (
    <div role="alert" className="rounded-3xl border border-line p-8 text-center">
      <p className="mb-4">
        {what} cannot be shown: {error.message}
      </p>
      <Button variant="outlined" onClick={() => void onRetry()}>
        Try again
      </Button>
    </div>
  );
}

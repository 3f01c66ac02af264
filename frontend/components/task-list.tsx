import { memo, startTransition, useEffect, useState } from "react";

import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { TaskRow } from "@/components/task-row";
import { requiresSignIn } from "@/lib/api-error";
import type { OptimisticTask } from "@/lib/optimistic-tasks";
import type { Attempt } from "@/lib/use-change-task";

const AT_ONCE = 50;

interface TaskListProps {
  tasks: readonly OptimisticTask[] | undefined;
  error: Error | null;
  onRetry: () => unknown;
  attempt: Attempt;
}

export const TaskList = memo(function TaskList({ tasks, error, onRetry, attempt }: TaskListProps) {
  if (!tasks && error && !requiresSignIn(error)) return <Failure error={error} onRetry={onRetry} />;
  if (!tasks) return <ListSkeleton />;
  if (tasks.length === 0) return <EmptyState />;
  return <Rows tasks={tasks} attempt={attempt} />;
});

/** A screenful at once, and the others, of which there may be thousands, without holding up anything. */
function Rows({ tasks, attempt }: { tasks: readonly OptimisticTask[]; attempt: Attempt }) {
  const [isWhole, setWhole] = useState(false);
  useEffect(() => startTransition(() => setWhole(true)), []);
  return (
    <ul aria-label="Your tasks" className="-mx-2.5">
      {(isWhole ? tasks : tasks.slice(0, AT_ONCE)).map((task) => (
        <TaskRow key={task.rowKey} task={task} attempt={attempt} />
      ))}
    </ul>
  );
}

function Failure({ error, onRetry }: { error: Error; onRetry: () => unknown }) {
  return (
    <div role="alert" className="rounded-3xl border border-line p-8 text-center">
      <p className="mb-4">Your tasks cannot be shown: {error.message}</p>
      <Button variant="outlined" onClick={() => void onRetry()}>
        Try again
      </Button>
    </div>
  );
}

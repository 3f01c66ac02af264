import { type FocusEvent, memo, type ReactNode, useEffect, useMemo, useRef, useState } from "react";

import { useOutage } from "@/offline/outage";
import { requiresSignIn } from "@/tasks/api-error";
import { rowKeyOf, type Task } from "@/tasks/task";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icons";
import { createRemembered } from "@/ui/remembered";

import { deleteTasks } from "./actions";
import { EmptyState } from "./empty-state";
import { useKeptFocus } from "./focus";
import { ListSkeleton } from "./list-skeleton";
import { TaskRow } from "./task-row";
import type { Make } from "./use-board";
import { split, useView } from "./view";

interface TaskListProps {
  tasks: readonly Task[] | undefined;
  /** False while pages are missing at the end of the list. */
  isWhole: boolean;
  error: Error | null;
  onRetry: () => unknown;
  make: Make;
}

export const TaskList = memo(function TaskList({ tasks, isWhole, error, onRetry, make }: TaskListProps) {
  const { filter, query } = useView();
  const words = query;
  const ref = useRef<HTMLDivElement>(null);
  useKeptFocus(ref);
  const { open, done } = useMemo(() => split(tasks ?? [], words), [tasks, words]);
  const shown = { all: open.length + done.length, open: open.length, done: done.length }[filter];
  const failure = error && !requiresSignIn(error) ? error : null;
  return (
    <div ref={ref}>
      {filter !== "done" && open.length > 0 && <Rows name="Your tasks" words={words} tasks={open} make={make} />}
      {filter === "done" && done.length > 0 && (
        <>
          <ClearButton done={done} make={make} />
          <Rows name="Done" words={words} tasks={done} make={make} />
        </>
      )}
      {filter === "all" && done.length > 0 && (
        <Done tasks={done} words={words} room={Math.max(0, FOUND_ROWS.length - open.length)} make={make} />
      )}
      {isWhole && shown === 0 && <Nothing isEmpty={tasks?.length === 0} query={words} />}
      {!isWhole && !failure && <Missing hasTasks={shown > 0} />}
      {!isWhole && failure && (
        <LoadingError what={tasks ? "The other tasks" : "Your tasks"} error={failure} onRetry={onRetry} />
      )}
    </div>
  );
});

/** What fills two screens. */
const ROWS = 30;
/** What fills one, because each key of a search shows that many other tasks. These are the keys of their rows. */
const FOUND_ROWS = Array.from({ length: 9 }, (_, index) => `found-${index}`);

/** The keys of the rows by those of their tasks, where these are not the same. */
type RowKeys = ReadonlyMap<string, string>;

interface RowsProps {
  name: string;
  words: string;
  tasks: readonly Task[];
  /** How many rows a search finds room for, if some of the screen is taken. */
  room?: number | undefined;
  make: Make;
}

/** Renders more rows when the end comes near, so that ten thousand tasks cost no more than what is looked at. */
function Rows({ name, words, tasks, room = FOUND_ROWS.length, make }: RowsProps) {
  const [shown, setShown] = useState({ count: words ? room : ROWS, words, rowKeys: new Map() as RowKeys });
  if (shown.words !== words) {
    // A row that has the focus must not become another task's.
    const before = document.activeElement?.id === "search" ? shown.rowKeys : undefined;
    setShown({ count: room, words, rowKeys: before ? reuseRows(before, tasks.slice(0, room)) : new Map() });
  }
  const { count, rowKeys } = shown;
  const end = useRef<HTMLLIElement>(null);
  const hasMore = count < tasks.length;
  const isScreenful = count <= FOUND_ROWS.length;
  const more = count + (isScreenful ? FOUND_ROWS.length : ROWS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words begin with as many rows again.
  useEffect(() => {
    if (!hasMore || !end.current) return;
    const grow = ([entry]: IntersectionObserverEntry[]) =>
      entry?.isIntersecting && setShown((now) => ({ ...now, count: more }));
    // Until the user scrolls, what is found is not rendered in advance.
    const rootMargin = isScreenful ? "0px" : "700px";
    const observer = new IntersectionObserver(grow, { rootMargin });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [more, isScreenful, hasMore, words]);
  // The keyboard reaches the last row without scrolling to the end.
  const growAtLast = ({ target }: FocusEvent) =>
    end.current?.previousElementSibling?.contains(target) && setShown((now) => ({ ...now, count: more }));
  return (
    <ul aria-label={name} className="-mx-2.5" onFocus={growAtLast}>
      {tasks.slice(0, count).map((task) => (
        <TaskRow key={rowKeys.get(rowKeyOf(task)) ?? rowKeyOf(task)} task={task} make={make} />
      ))}
      {hasMore && <li ref={end} aria-hidden="true" className="h-px" />}
    </ul>
  );
}

/** A search puts what it finds into the rows that are there: another text takes half the time of another row. */
function reuseRows(before: RowKeys, found: readonly Task[]): RowKeys {
  const kept = found.map((task) => before.get(rowKeyOf(task)));
  const free = FOUND_ROWS.filter((key) => !kept.includes(key));
  return new Map(found.map((task, index) => [rowKeyOf(task), kept[index] ?? free.shift() ?? rowKeyOf(task)]));
}

const unfolded = createRemembered("done-is-unfolded");

/** The tasks that are done are folded below the others, unless the user has unfolded them before. */
function Done({ room, tasks, words, make }: Omit<RowsProps, "name">) {
  const isUnfolded = unfolded.use();
  const isShown = isUnfolded || words !== "";
  return (
    <section aria-label="Done" className="mt-5">
      <div className="flex items-center justify-between">
        <h2>
          <button
            type="button"
            aria-expanded={isShown}
            onClick={() => unfolded.set(!isUnfolded)}
            className="-ml-2 flex min-h-11 items-center gap-2 rounded-full px-2 pr-4 font-semibold text-muted hover:bg-ink/5 hover:text-ink"
          >
            <span className={`transition-transform ${isShown ? "rotate-90" : ""}`}>
              <Icon name="chevron" />
            </span>
            Done <span className="tabular-nums">{tasks.length}</span>
          </button>
        </h2>
        <ClearButton done={tasks} make={make} />
      </div>
      {isShown && <Rows name="Done" words={words} tasks={tasks} room={room} make={make} />}
    </section>
  );
}

function ClearButton({ done, make }: { done: readonly Task[]; make: Make }) {
  return (
    <Button variant="plain" className="text-muted" onClick={() => deleteTasks(make, done)}>
      Clear completed
    </Button>
  );
}

function Nothing({ isEmpty, query }: { isEmpty: boolean; query: string }): ReactNode {
  if (isEmpty) return <EmptyState title="Nothing to do" text="Enjoy the view, or write down the first task." />;
  if (query) return <EmptyState title="Nothing found" text={`No task here contains “${query}”.`} />;
  return <EmptyState title="Nothing here" text="All your tasks are in the other view." />;
}

/** An outage may take long, so nothing seems to be about to appear. */
function Missing({ hasTasks }: { hasTasks: boolean }) {
  const outage = useOutage();
  if (!outage) return <ListSkeleton />;
  const title = hasTasks ? "The other tasks are not here yet" : "Your tasks are not on this device yet";
  return <EmptyState title={title} text="They appear as soon as the connection is back. You can write new ones." />;
}

function LoadingError({ what, error, onRetry }: { what: string; error: Error; onRetry: () => unknown }) {
  return (
    <div role="alert" className="rounded-3xl border border-line p-8 text-center">
      <p className="mb-4 wrap-anywhere">
        {what} cannot be shown: {error.message}
      </p>
      <Button variant="outlined" onClick={() => void onRetry()}>
        Try again
      </Button>
    </div>
  );
}

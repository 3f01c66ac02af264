import { hasSameText, type Task, type TaskInput } from "./task";

/** What a user can do to their tasks. */
export type TaskChange =
  | { kind: "add"; key: string; input: TaskInput }
  | { kind: "edit"; task: Task; input: TaskInput }
  | { kind: "complete"; task: Task; completed: boolean }
  | { kind: "delete"; task: Task };

/** A change that somebody else's can contradict. */
export type ConflictingChange = Extract<TaskChange, { kind: "edit" | "delete" }>;

/** A task as the list shows it; `saving` while the service has not said yes. */
export interface ShownTask extends Task {
  saving: boolean;
  /** Stays the same while a new task gets its id, so that React keeps its row. */
  rowKey: string;
}

/** One object for each task, so that a row whose task is unchanged is not drawn again. */
const shownOf = new WeakMap<Task, ShownTask>();

/** The tasks as they will be once the service has agreed to the changes that are on their way. */
export function withChanges(
  tasks: readonly Task[],
  changes: readonly TaskChange[],
  rowKeys: ReadonlyMap<number, string>,
): ShownTask[] {
  return changes.reduce(withChange, tasks.map((task) => shown(task, rowKeys)));
}

function shown(task: Task, rowKeys: ReadonlyMap<number, string>): ShownTask {
  const known = shownOf.get(task);
  if (known) return known;
  const made = { ...task, saving: false, rowKey: rowKeys.get(task.id) ?? String(task.id) };
  shownOf.set(task, made);
  return made;
}

function withChange(tasks: ShownTask[], change: TaskChange): ShownTask[] {
  switch (change.kind) {
    case "add":
      return withAddition(tasks, change.key, change.input);
    case "delete":
      return tasks.filter(({ id }) => id !== change.task.id);
    case "edit":
      return withTask(tasks, change.task.id, change.input);
    case "complete":
      return withTask(tasks, change.task.id, { completed: change.completed });
  }
}

function withAddition(tasks: ShownTask[], key: string, input: TaskInput): ShownTask[] {
  // A title that will be refused is not shown for the blink of an eye.
  if (!input.title.trim() || tasks.some(({ rowKey }) => rowKey === key)) return tasks;
  const now = new Date().toISOString();
  const task: ShownTask = {
    id: 0,
    user_id: "",
    title: input.title,
    description: input.description ?? null,
    completed: false,
    created_at: now,
    updated_at: now,
    saving: true,
    rowKey: key,
  };
  return [task, ...tasks];
}

function withTask(tasks: ShownTask[], id: number, changed: Partial<Task>): ShownTask[] {
  return tasks.map((task) => (task.id === id ? { ...task, ...changed, saving: true } : task));
}

/** Whether the service holds already what the change is to bring about. */
export function isDone(change: TaskChange, current: Task): boolean {
  if (change.kind === "edit") return hasSameText(change.input, current);
  return change.kind === "complete" && change.completed === current.completed;
}

/** Whether somebody else has changed what this change is about. */
export function isConflict(change: TaskChange, current: Task): change is ConflictingChange {
  // A box is ticked whatever the words beside it; they matter to who rewrites or deletes them.
  return (change.kind === "edit" || change.kind === "delete") && !hasSameText(change.task, current);
}

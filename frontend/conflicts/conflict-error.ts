import type { Change, Edit } from "@/tasks/change";
import { createKey, type Task } from "@/tasks/task";

/** A deletion of one task, or an edit. */
export type ConflictingChange = Edit | { kind: "delete"; key: string; task: Task };

/** The task was changed elsewhere, so the user has to choose between the two versions. */
export class ConflictError extends Error {
  readonly change: ConflictingChange;
  /** The task as the service has it now, or null if it is deleted. */
  readonly theirs: Task | null;

  constructor(change: ConflictingChange, theirs: Task | null) {
    super("The task has changed since you opened it");
    this.name = "ConflictError";
    this.change = change;
    this.theirs = theirs;
  }

  hasSameSubject({ change }: ConflictError): boolean {
    return change.kind === this.change.kind && change.task.id === this.change.task.id;
  }

  /** The change as it is sent again, on top of their version. */
  overwrite(theirs: Task): Change {
    const { change } = this;
    const key = createKey();
    return change.kind === "edit" ? { ...change, key, task: theirs } : { kind: "delete", key, tasks: [theirs] };
  }
}

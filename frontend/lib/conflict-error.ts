import type { Task } from "./task";
import type { ConflictingChange } from "./task-change";

/** Somebody else was faster: the user has to choose between the two versions. */
export class ConflictError extends Error {
  readonly change: ConflictingChange;
  /** What the service has now; null where the task is deleted. */
  readonly theirs: Task | null;

  constructor(change: ConflictingChange, theirs: Task | null) {
    super("The task has changed since you opened it");
    this.name = "ConflictError";
    this.change = change;
    this.theirs = theirs;
  }
}

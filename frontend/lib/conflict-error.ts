import type { Task } from "./task";
import type { ConflictingChange } from "./task-change";

let lastId = 0;

/** Somebody else was faster: the user has to choose between the two versions. */
export class ConflictError extends Error {
  /** Tells one from the next, also about the same task. */
  readonly id = (lastId += 1);
  readonly change: ConflictingChange;
  /** What the service has now; null where the task is deleted. */
  readonly theirs: Task | null;

  constructor(change: ConflictingChange, theirs: Task | null) {
    super("The task has changed since you opened it");
    this.name = "ConflictError";
    this.change = change;
    this.theirs = theirs;
  }

  isAboutTheSameAs({ change }: ConflictError): boolean {
    return change.kind === this.change.kind && change.task.id === this.change.task.id;
  }
}

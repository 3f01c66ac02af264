import type { Task } from "./task";
import type { ConflictingChange } from "./task-change";

let lastId = 0;

/** The task was changed elsewhere, so the user has to choose between the two versions. */
export class ConflictError extends Error {
  /** Each conflict has its own id, even if several are about the same task. */
  readonly id = (lastId += 1);
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
}

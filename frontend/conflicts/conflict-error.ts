import type { Change, Edit } from "@/tasks/change";
import { createKey, type Task } from "@/tasks/task";
import { createStore } from "@/ui/store";

/** A deletion of one task, or an edit. */
export type ConflictingChange = Edit | { kind: "delete"; key: string; task: Task };

/** The task was changed elsewhere, so the user has to choose between the two versions. */
export class ConflictError extends Error {
  /** `theirs` is the task as the service has it now, or null if it is deleted. */
  constructor(
    readonly change: ConflictingChange,
    readonly theirs: Task | null,
  ) {
    super("The task has changed since you opened it");
  }

  /** What the conflict is about. */
  get subject(): string {
    return `${this.change.kind} ${this.change.task.id}`;
  }

  /** The change as it is sent again, on top of their version. */
  overwrite(theirs: Task): Change {
    const { change } = this;
    const key = createKey();
    return change.kind === "edit" ? { ...change, key, task: theirs } : { kind: "delete", key, tasks: [theirs] };
  }
}

/** The conflicts that the user has to resolve, one after the other, by their subjects. */
const conflicts = createStore<Readonly<Record<string, ConflictError>>>({});

export const useConflict = (): ConflictError | undefined => Object.values(conflicts.use())[0];

/** Takes the place of an earlier conflict about the same change, because the newest text is what counts. */
export function addConflict(conflict: ConflictError): void {
  conflicts.set({ ...conflicts.get(), [conflict.subject]: conflict });
}

/** Keeps an earlier conflict about the same change, because the user may be resolving it. */
export function addConflictIfNew(conflict: ConflictError): void {
  if (!(conflict.subject in conflicts.get())) addConflict(conflict);
}

export function removeConflict({ subject }: ConflictError): void {
  const { [subject]: _, ...others } = conflicts.get();
  conflicts.set(others);
}

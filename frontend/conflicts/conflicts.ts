import { createStore } from "@/ui/store";

import type { ConflictError } from "./conflict-error";

/** The conflicts that the user has to resolve, one after the other. */
const conflicts = createStore<readonly ConflictError[]>([]);

export const useConflict = (): ConflictError | undefined => conflicts.use()[0];

/** Replaces an earlier conflict about the same change, because the newest text is what counts. */
export function addConflict(conflict: ConflictError): void {
  const queue = conflicts.get();
  const isQueued = queue.some((each) => each.hasSameSubject(conflict));
  conflicts.set(
    isQueued ? queue.map((each) => (each.hasSameSubject(conflict) ? conflict : each)) : [...queue, conflict],
  );
}

/** Keeps an earlier conflict about the same change, because the user may be resolving it. */
export function addConflictIfNew(conflict: ConflictError): void {
  if (!conflicts.get().some((each) => each.hasSameSubject(conflict))) addConflict(conflict);
}

export function removeConflict(conflict: ConflictError): void {
  conflicts.set(conflicts.get().filter((each) => each !== conflict));
}

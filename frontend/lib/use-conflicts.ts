import { useCallback, useState } from "react";

import type { ConflictError } from "./conflict-error";

/** Queues the conflicts that the user has to resolve, one after the other. */
export function useConflicts() {
  const [queue, setQueue] = useState<readonly ConflictError[]>([]);

  /** Replaces an earlier conflict about the same change, because the newest text is what counts. */
  const addConflict = useCallback((conflict: ConflictError) => {
    setQueue((now) => {
      const isQueued = now.some((each) => each.hasSameSubject(conflict));
      if (!isQueued) return [...now, conflict];
      return now.map((each) => (each.hasSameSubject(conflict) ? conflict : each));
    });
  }, []);
  /** Keeps an earlier conflict about the same change, because the user may be resolving it. */
  const addConflictIfNew = useCallback((conflict: ConflictError) => {
    setQueue((now) => (now.some((each) => each.hasSameSubject(conflict)) ? now : [...now, conflict]));
  }, []);
  const removeConflict = useCallback((conflict: ConflictError) => {
    setQueue((now) => now.filter((each) => each !== conflict));
  }, []);

  return { conflict: queue[0], addConflict, addConflictIfNew, removeConflict };
}

import { useCallback, useState } from "react";

import type { ConflictError } from "./conflict-error";

/** The conflicts that wait for the user's decision, one after the other. */
export function useConflicts() {
  const [waiting, setWaiting] = useState<readonly ConflictError[]>([]);

  /** In the place of an older one about the same: the newest words are the ones to decide about. */
  const raise = useCallback((conflict: ConflictError) => {
    setWaiting((now) => {
      const isKnown = now.some((each) => each.hasSameSubject(conflict));
      if (!isKnown) return [...now, conflict];
      return now.map((each) => (each.hasSameSubject(conflict) ? conflict : each));
    });
  }, []);
  /** Leaves one about the same, which is perhaps being decided, as it is. */
  const raiseOnce = useCallback((conflict: ConflictError) => {
    setWaiting((now) => (now.some((each) => each.hasSameSubject(conflict)) ? now : [...now, conflict]));
  }, []);
  const settle = useCallback((conflict: ConflictError) => {
    setWaiting((now) => now.filter((each) => each !== conflict));
  }, []);

  return { conflict: waiting[0], raise, raiseOnce, settle };
}

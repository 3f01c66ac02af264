import { useCallback, useState } from "react";

import type { ConflictError } from "./conflict-error";

/** The conflicts that wait for the user's decision, one after the other. */
export function useConflicts() {
  const [waiting, setWaiting] = useState<readonly ConflictError[]>([]);

  /** The newest words for a task are the ones to decide about. */
  const raise = useCallback((conflict: ConflictError) => {
    setWaiting((now) => [...now.filter((each) => !each.isAboutTheSameAs(conflict)), conflict]);
  }, []);
  const settle = useCallback((conflict: ConflictError) => {
    setWaiting((now) => now.filter((each) => each !== conflict));
  }, []);

  return { conflict: waiting[0], waiting, raise, settle };
}

import { useSyncExternalStore } from "react";

import { hasDrafts } from "@/lib/draft-storage";

/** Why somebody has to sign in again, and what became of what they did last. */
export function SessionEnded() {
  // The server cannot know of drafts.
  const keptWords = useSyncExternalStore(unchanging, hasDrafts, () => false);
  return (
    <p className="text-muted">
      Your session has ended. Your last change may not have been made
      {keptWords && ", but what you typed is waiting for you"}.
    </p>
  );
}

function unchanging(): () => void {
  return () => undefined;
}

import { useSyncExternalStore } from "react";

import { hasDrafts } from "@/lib/draft-storage";

/** Tells why the user has to sign in again, and whether there are drafts. */
export function SessionEnded() {
  // The drafts are in the browser, so the server renders the text without them.
  const isDraftStored = useSyncExternalStore(subscribe, hasDrafts, () => false);
  return (
    <p className="text-muted">
      Your session has ended. Your last change may not have been made
      {isDraftStored && ", but what you typed is waiting for you"}.
    </p>
  );
}

/** Drafts do not change while this is shown. */
function subscribe(): () => void {
  return () => undefined;
}

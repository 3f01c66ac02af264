import { useSyncExternalStore } from "react";

import { hasDrafts } from "@/drafts/drafts";

/** Tells why the user has to sign in again, and whether there are drafts. */
export function SessionEnded() {
  // The drafts are in the browser, so the server renders the text without them.
  const isDraftStored = useSyncExternalStore(subscribe, hasDrafts, () => false);
  return (
    <p className="text-muted">
      Your session has ended. What you did is kept, and sent when you have signed in
      {isDraftStored && "; what you typed is waiting for you"}.
    </p>
  );
}

/** Drafts do not change while this is shown. */
function subscribe(): () => void {
  return () => undefined;
}

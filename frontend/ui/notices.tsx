"use client";

import { OutageBanner } from "@/offline/outage-banner";
import { UndoNotice } from "@/undo/undo-notice";

import { CloseIcon } from "./icons";
import { dismiss, useNotifications } from "./notifications";

/** Shows errors over the page. Successes are for screen readers only, because the list shows them already. */
export function Notifications() {
  const notifications = useNotifications();
  const errors = notifications.filter(({ kind }) => kind === "error");
  const success = notifications.filter(({ kind }) => kind === "success").at(-1);
  return (
    <>
      <div role="status" className="sr-only">
        {success && <span key={success.id}>{success.text}</span>}
      </div>
      <div className="notices">
        <div role="alert" className="flex flex-col gap-2">
          {errors.map(({ id, text }) => (
            <div key={id} className="notice fade-in bg-ink text-paper">
              <p className="grow py-1 wrap-anywhere">{text}</p>
              <button
                type="button"
                aria-label="Dismiss"
                onClick={() => dismiss(id)}
                className="grid size-11 shrink-0 place-items-center rounded-full hover:bg-paper/15"
              >
                <CloseIcon />
              </button>
            </div>
          ))}
        </div>
        <UndoNotice />
        <OutageBanner />
      </div>
    </>
  );
}

"use client";

import { CloseIcon } from "@/components/icons";
import { OutageBanner } from "@/components/outage-banner";
import { dismiss, useNotifications } from "@/lib/notifications";

/** Shows errors over the page. Successes are for screen readers only, because the list shows them already. */
export function Notifications() {
  const notifications = useNotifications();
  const errors = notifications.filter(({ kind }) => kind === "error");
  return (
    <>
      <div role="status" className="sr-only">
        {notifications.filter(({ kind }) => kind === "success").at(-1)?.text}
      </div>
      <div className="pointer-events-none fixed inset-x-0 bottom-0 z-20 mx-auto flex max-w-xl flex-col gap-2 p-3 sm:p-4">
        <div role="alert" className="flex flex-col gap-2">
          {errors.map(({ id, text }) => (
            <ErrorNotification key={id} text={text} onDismiss={() => dismiss(id)} />
          ))}
        </div>
        <OutageBanner />
      </div>
    </>
  );
}

function ErrorNotification({ text, onDismiss }: { text: string; onDismiss: () => void }) {
  return (
    <div className="fade-in pointer-events-auto flex items-center gap-2 rounded-2xl bg-ink py-1.5 pr-1.5 pl-5 text-paper shadow-lg">
      <p className="grow py-2 wrap-anywhere">{text}</p>
      <button
        type="button"
        aria-label="Dismiss"
        onClick={onDismiss}
        className="grid size-11 shrink-0 place-items-center rounded-full hover:bg-paper/15"
      >
        <CloseIcon />
      </button>
    </div>
  );
}

"use client";

import { CloseIcon } from "@/components/icons";
import { OutageBanner } from "@/components/outage-banner";
import { dismiss, useNotices } from "@/lib/notifications";

/**
 * What has just happened: failures to be seen and heard, the rest for screen readers alone. It lies
 * over the page, which does not move for it.
 */
export function Notices() {
  const notices = useNotices();
  const failures = notices.filter(({ kind }) => kind === "failed");
  return (
    <>
      <div role="status" className="sr-only">
        {notices.filter(({ kind }) => kind === "done").at(-1)?.text}
      </div>
      <div className="pointer-events-none fixed inset-x-0 bottom-0 z-20 mx-auto flex max-w-xl flex-col gap-2 p-3 sm:p-4">
        <div role="alert" className="flex flex-col gap-2">
          {failures.map(({ id, text }) => (
            <Failure key={id} text={text} onDismiss={() => dismiss(id)} />
          ))}
        </div>
        <OutageBanner />
      </div>
    </>
  );
}

function Failure({ text, onDismiss }: { text: string; onDismiss: () => void }) {
  return (
    <div className="row pointer-events-auto flex items-center gap-2 rounded-2xl bg-ink py-1.5 pr-1.5 pl-5 text-paper shadow-lg">
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

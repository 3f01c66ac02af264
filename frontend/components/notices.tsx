"use client";

import { CloseIcon } from "@/components/icons";
import { dismiss, useNotices } from "@/lib/notices";

/** What has just happened: failures to be seen and heard, the rest for screen readers alone. */
export function Notices() {
  const notices = useNotices();
  const failures = notices.filter(({ kind }) => kind === "failed");
  return (
    <>
      <div role="status" className="sr-only">
        {notices.filter(({ kind }) => kind === "done").at(-1)?.text}
      </div>
      <div
        role="alert"
        className="pointer-events-none fixed inset-x-0 bottom-0 z-20 flex flex-col items-center gap-2 p-4"
      >
        {failures.map(({ id, text }) => (
          <div
            key={id}
            className="row pointer-events-auto flex w-full max-w-md items-center gap-2 rounded-2xl bg-ink py-1.5 pr-1.5 pl-5 text-paper shadow-lg"
          >
            <p className="grow py-2">{text}</p>
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
    </>
  );
}

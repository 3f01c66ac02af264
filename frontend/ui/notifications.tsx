"use client";

import { OutageBanner } from "@/offline/outage-banner";
import { UndoNotice } from "@/undo/undo-notice";

import { Icon } from "./icons";
import { createStore } from "./store";

/** A message to the user about something that has just happened. */
interface Notification {
  id: number;
  text: string;
  kind: "success" | "error";
}

const DURATION_MS = { success: 4_000, error: 12_000 } as const;
/** The maximum of each kind, so that successes do not displace errors. */
const MAX_PER_KIND = 3;

const notifications = createStore<readonly Notification[]>([]);
let lastId = 0;

export function notify(kind: Notification["kind"], text: string): void {
  lastId += 1;
  const id = lastId;
  const otherKind = notifications.get().filter((each) => each.kind !== kind);
  const sameKind = notifications.get().filter((each) => each.kind === kind);
  notifications.set([...otherKind, ...sameKind.slice(1 - MAX_PER_KIND), { id, kind, text }]);
  setTimeout(() => dismiss(id), DURATION_MS[kind]);
}

function dismiss(id: number): void {
  notifications.set(notifications.get().filter((each) => each.id !== id));
}

/** Shows errors over the page. Successes are for screen readers only, because the list shows them already. */
export function Notifications() {
  const shown = notifications.use();
  const errors = shown.filter(({ kind }) => kind === "error");
  const success = shown.filter(({ kind }) => kind === "success").at(-1);
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
                <Icon name="close" />
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

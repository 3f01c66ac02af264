import type { Send } from "@/tasks/change";
import { createStore } from "@/ui/store";

const UNDO_MS = 8_000;

/** What the user has just done and can still undo. */
interface Undoable {
  key: string;
  /** What has happened, for the notice. Without it, only the key `z` undoes it. */
  text: string | undefined;
  undo: () => void;
}

/** A change that has taken effect on the page, and is not sent yet. */
interface Hold {
  decided: Promise<void>;
  release: () => void;
}

/** The change was undone before it was sent. */
export class UndoneError extends Error {}

const undoables = createStore<readonly Undoable[]>([]);
const holds = new Map<string, Hold>();

export const useUndoable = (): Undoable | undefined =>
  undoables
    .use()
    .filter(({ text }) => text !== undefined)
    .at(-1);

/** Sends a change that is held back when the time to undo it is over. */
export function withUndo(send: Send): Send {
  return async (change) => {
    await holds.get(change.key)?.decided;
    return send(change);
  };
}

/** Holds the change with this key back, so that undoing it needs no request. */
export function holdForUndo(key: string, text: string): void {
  let release = (): void => undefined;
  let reject = (_: Error): void => undefined;
  const decided = new Promise<void>((resolve, refuse) => {
    release = resolve;
    reject = refuse;
  });
  decided.catch(() => undefined).finally(() => holds.delete(key));
  holds.set(key, { decided, release });
  offerUndo(key, () => reject(new UndoneError()), text);
  setTimeout(release, UNDO_MS);
}

export function offerUndo(key: string, undo: () => void, text?: string): void {
  undoables.set([...undoables.get(), { key, text, undo }]);
  setTimeout(() => withdraw(key), UNDO_MS);
}

/** Undoes what the notice names, or else the last change. Returns false if it is too late. */
export function undoLast(key = undoables.get().at(-1)?.key): boolean {
  const undoable = undoables.get().find((each) => each.key === key);
  if (undoable) withdraw(undoable.key);
  undoable?.undo();
  return undoable !== undefined;
}

/** Sends what is held back now, because the page is being left. */
export function releaseHolds(): void {
  undoables.set([]);
  for (const { release } of holds.values()) release();
}

function withdraw(key: string): void {
  undoables.set(undoables.get().filter((each) => each.key !== key));
}

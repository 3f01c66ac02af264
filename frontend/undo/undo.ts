import type { Change } from "@/tasks/change";
import { createStore } from "@/ui/store";

const UNDO_MS = 8_000;

/** What the user has just done and can still undo. */
interface Undoable {
  key: string;
  undo: () => void;
  /** What has happened, for the notice. Without it, only the key `z` undoes it. */
  text?: string;
  /** Sends the change, which has taken effect on the page only. */
  release?: () => void;
}

/** The change was undone before it was sent. */
export class UndoneError extends Error {}

const undoables = createStore<readonly Undoable[]>([]);
/** Each is fulfilled when the time to undo its change is over, and rejected when the change is undone. */
const holds = new Map<string, Promise<void>>();

export const useUndoable = (): Undoable | undefined =>
  undoables
    .use()
    .filter(({ text }) => text !== undefined)
    .at(-1);

/** Resolves when the time to undo the change is over, and rejects when it is undone. */
export async function untilDecided({ key }: Pick<Change, "key">): Promise<void> {
  await holds.get(key);
}

/** Holds the change with this key back, so that undoing it needs no request. */
export function holdForUndo(key: string, text: string): void {
  const hold = new Promise<void>((release, reject) =>
    offer({ key, text, release, undo: () => reject(new UndoneError()) }),
  );
  holds.set(key, hold);
  hold.catch(() => undefined).finally(() => holds.delete(key));
}

export function offerUndo(key: string, undo: () => void): void {
  offer({ key, undo });
}

/** Undoes what the notice names, or else the last change. Returns false if it is too late. */
export function undoLast(key = undoables.get().at(-1)?.key): boolean {
  const undoable = withdraw(key);
  undoable?.undo();
  return undoable !== undefined;
}

/** Sends what is held back now, because the page is being left. */
export function releaseHolds(): void {
  for (const { key } of undoables.get()) withdraw(key)?.release?.();
}

function offer(undoable: Undoable): void {
  undoables.set([...undoables.get(), undoable]);
  setTimeout(() => withdraw(undoable.key)?.release?.(), UNDO_MS);
}

function withdraw(key: string | undefined): Undoable | undefined {
  const undoable = undoables.get().find((each) => each.key === key);
  if (undoable) undoables.set(undoables.get().filter((each) => each !== undoable));
  return undoable;
}

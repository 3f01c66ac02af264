"use client";

import { undoLast, useUndoable } from "./undo";

/** Names what has just been deleted, for the eight seconds in which it can be undone. */
export function UndoNotice() {
  const undoable = useUndoable();
  return (
    <div role="status">
      {undoable && (
        <div className="notice fade-in bg-ink text-paper">
          <p className="grow py-1 wrap-anywhere">{undoable.text}</p>
          <button type="button" onClick={() => undoLast(undoable.key)} className="notice-button hover:bg-paper/15">
            Undo
          </button>
        </div>
      )}
    </div>
  );
}

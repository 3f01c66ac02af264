import { useEffect } from "react";

import { Modal } from "@/ui/modal";
import { createRemembered } from "@/ui/remembered";
import { createStore } from "@/ui/store";
import { undoLast } from "@/undo/undo";

import { currentRow, focusNewTask, focusRow } from "./focus";

const off = createRemembered("keys-are-off");

const isHelpOpen = createStore(false);

/** What a key means, and does. It clicks what is there for the pointer too. */
const KEYS: readonly [string, string, (() => void)?][] = [
  ["n", "Write a new task", focusNewTask],
  ["/", "Search", () => document.getElementById("search")?.focus()],
  ["j", "Next task", () => focusRow(1)],
  ["k", "Previous task", () => focusRow(-1)],
  ["x", "Complete or reopen", () => clickInRow("input[type=checkbox]")],
  ["e", "Edit", () => clickInRow("[data-edit]")],
  ["Delete", "Delete", () => clickInRow("[data-delete]")],
  ["z", "Undo", () => undoLast()],
  ["← →", "Buttons of the task"],
  ["?", "Show the keys", () => isHelpOpen.set(true)],
];

const SAME_AS: Record<string, string> = { ArrowDown: "j", ArrowUp: "k" };

function clickInRow(selector: string): void {
  currentRow()?.querySelector<HTMLElement>(selector)?.click();
}

/** Keys work everywhere but in a field or a dialog. */
function handleKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const isElsewhere = target.closest("textarea, dialog, input:not([type=checkbox])");
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isElsewhere) return;
  // The page scrolls with the arrow keys unless a task has the focus.
  if (event.key.startsWith("Arrow") && !target.closest("[data-row]")) return;
  const name = SAME_AS[event.key] ?? event.key;
  const action = KEYS.find(([key]) => key === name)?.[2];
  if (!action || (event.repeat && name !== "j" && name !== "k")) return;
  event.preventDefault();
  action();
}

/** Listens to the keys, and lists them. A letter alone may disturb a user of speech input, who can switch them off. */
export function Keys() {
  const isOpen = isHelpOpen.use();
  const areOff = off.use();
  useEffect(() => {
    if (areOff) return;
    document.addEventListener("keydown", handleKey);
    return () => document.removeEventListener("keydown", handleKey);
  }, [areOff]);
  return (
    <>
      <button
        type="button"
        onClick={() => isHelpOpen.set(true)}
        className="hidden min-h-11 rounded-full px-3 text-sm text-muted hover:bg-ink/5 hover:text-ink sm:block [@media(hover:none)]:hidden"
      >
        Keys <kbd className="kbd">?</kbd>
      </button>
      {isOpen && (
        <Modal title="Keys" onClose={() => isHelpOpen.set(false)} choices={[{ text: "Close", autoFocus: true }]}>
          <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1.5">
            {KEYS.map(([key, meaning]) => (
              <div key={key} className="contents">
                <dt>
                  <kbd className="kbd">{key}</kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
          <label className="mt-4 flex min-h-11 items-center gap-2">
            <input
              type="checkbox"
              className="size-5 accent-(--accent)"
              checked={!areOff}
              onChange={({ target }) => off.set(!target.checked)}
            />
            Use these keys
          </label>
        </Modal>
      )}
    </>
  );
}

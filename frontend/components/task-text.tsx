import { useCallback, type RefObject } from "react";

import type { OptimisticTask } from "@/lib/optimistic-tasks";
import { preventKeyRepeat } from "@/lib/prevent-key-repeat";

interface TaskTextProps {
  task: OptimisticTask;
  disabled: boolean;
  /** Whether the button takes the focus when the editor closes. */
  restoresFocusRef: RefObject<boolean>;
  onEdit: () => void;
}

/** The title and description of a task. Clicking anywhere on them opens the editor. */
export function TaskText({ task, disabled, restoresFocusRef, onEdit }: TaskTextProps) {
  const { id, title, description, completed, saving } = task;
  const restoreFocus = useCallback(
    (button: HTMLButtonElement | null) => {
      if (!button || !restoresFocusRef.current) return;
      restoresFocusRef.current = false;
      button.focus();
    },
    [restoresFocusRef],
  );
  return (
    <div className={`relative min-w-0 grow rounded-xl px-2 py-2.5 transition-opacity ${saving ? "opacity-70" : ""}`}>
      <button
        ref={restoreFocus}
        type="button"
        dir="auto"
        onClick={({ detail }) => detail < 2 && onEdit()}
        onKeyDown={preventKeyRepeat}
        disabled={disabled}
        aria-label={`Edit “${title}”`}
        aria-describedby={description ? `description-${id}` : undefined}
        className="block w-full rounded-lg text-start text-[1.0625rem] leading-6 wrap-anywhere before:absolute before:inset-0 before:content-['']"
      >
        <span data-title className={`strikethrough ${completed ? "text-muted" : ""}`} data-done={completed}>
          {title}
        </span>
      </button>
      {description && (
        <p
          id={`description-${id}`}
          dir="auto"
          className="mt-0.5 line-clamp-4 text-[0.9375rem] wrap-anywhere whitespace-pre-line text-muted"
        >
          {description}
        </p>
      )}
    </div>
  );
}

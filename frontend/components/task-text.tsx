import { useCallback, type RefObject } from "react";

import type { OptimisticTask } from "@/lib/optimistic-tasks";
import { preventKeyRepeat } from "@/lib/prevent-key-repeat";

interface TaskTextProps {
  task: OptimisticTask;
  disabled: boolean;
  /** Whether the focus is to come back here from the editor. */
  comesBackRef: RefObject<boolean>;
  onEdit: () => void;
}

/** The words of a task; all of them are one button that begins to edit them. */
export function TaskText({ task, disabled, comesBackRef, onEdit }: TaskTextProps) {
  const { id, title, description, completed, saving } = task;
  const focusAgain = useCallback(
    (button: HTMLButtonElement | null) => {
      if (!button || !comesBackRef.current) return;
      comesBackRef.current = false;
      button.focus();
    },
    [comesBackRef],
  );
  return (
    <div className={`relative min-w-0 grow rounded-xl px-2 py-2.5 transition-opacity ${saving ? "opacity-70" : ""}`}>
      <button
        ref={focusAgain}
        type="button"
        dir="auto"
        onClick={({ detail }) => detail < 2 && onEdit()}
        onKeyDown={preventKeyRepeat}
        disabled={disabled}
        aria-label={`Edit “${title}”`}
        aria-describedby={description ? `description-${id}` : undefined}
        className="block w-full rounded-lg text-start text-[1.0625rem] leading-6 wrap-anywhere before:absolute before:inset-0 before:content-['']"
      >
        <span data-title className={`strike ${completed ? "text-muted" : ""}`} data-done={completed}>
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

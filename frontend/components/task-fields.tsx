import type { KeyboardEvent, ReactNode, RefObject } from "react";

import { FieldError } from "@/components/field-error";
import type { Draft } from "@/lib/draft-storage";
import { preventKeyRepeat } from "@/lib/prevent-key-repeat";

interface TaskFieldsProps {
  /** Tells the fields of one form from those of another on the page. */
  name: string;
  draft: Draft;
  errors: Record<string, string>;
  titleRef?: RefObject<HTMLInputElement | null>;
  titlePlaceholder?: string;
  autoFocus?: boolean;
  /** Gets the words alone: the `Idempotency-Key` of earlier words is not theirs. */
  onType: (draft: Draft) => void;
  onSubmit: () => void;
  /** The buttons. */
  actions: ReactNode;
}

/** For browsers that do not know `field-sizing`; the others go by the height of the words. */
const MOST_ROWS = 10;

const FIELD = "block rounded-xl bg-transparent px-3 focus-visible:outline-offset-0";

/** Title and description. What they must be is the service's business, which says it at the field. */
export function TaskFields({
  name,
  draft: { title, description },
  errors,
  titleRef,
  titlePlaceholder,
  autoFocus,
  onType,
  onSubmit,
  actions,
}: TaskFieldsProps) {
  function submitOnCommand(event: KeyboardEvent) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!event.repeat) onSubmit();
  }

  return (
    <>
      <label htmlFor={`${name}-title`} className="sr-only">
        Title
      </label>
      <input
        ref={titleRef}
        id={`${name}-title`}
        dir="auto"
        value={title}
        onChange={(event) => onType({ title: event.target.value, description })}
        onKeyDown={preventKeyRepeat}
        placeholder={titlePlaceholder}
        autoFocus={autoFocus}
        autoComplete="off"
        enterKeyHint="done"
        aria-invalid={"title" in errors}
        aria-describedby={`${name}-title-error`}
        className={`${FIELD} min-h-11 w-full text-lg`}
      />
      <div className="px-3">
        <FieldError id={`${name}-title-error`} message={errors.title} />
      </div>
      <label htmlFor={`${name}-description`} className="sr-only">
        Description
      </label>
      <div className="mt-1.5 flex flex-wrap items-end justify-end gap-1">
        <textarea
          id={`${name}-description`}
          dir="auto"
          value={description}
          onChange={(event) => onType({ title, description: event.target.value })}
          onKeyDown={submitOnCommand}
          placeholder="Description, if it needs one"
          rows={Math.min(description.split("\n").length, MOST_ROWS)}
          aria-invalid={"description" in errors}
          aria-describedby={`${name}-description-error`}
          className={`${FIELD} grows max-h-80 min-h-11 min-w-40 flex-1 resize-none py-2.5 text-muted`}
        />
        {actions}
      </div>
      <div className="px-3">
        <FieldError id={`${name}-description-error`} message={errors.description} />
      </div>
    </>
  );
}

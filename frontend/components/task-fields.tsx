import type { KeyboardEvent, ReactNode, RefObject } from "react";

import { FieldError } from "@/components/field-error";
import { FORM_ERROR } from "@/lib/change-messages";
import type { Draft } from "@/lib/draft-storage";
import { preventKeyRepeat } from "@/lib/prevent-key-repeat";

interface TaskFieldsProps {
  /** A prefix that makes the ids of the fields unique on the page. */
  name: string;
  draft: Draft;
  errors: Record<string, string>;
  titleRef?: RefObject<HTMLInputElement | null>;
  titlePlaceholder?: string;
  autoFocus?: boolean;
  /** Gets the text only, because changed text needs a new `Idempotency-Key`. */
  onChange: (draft: Draft) => void;
  onSubmit: () => void;
  actions: ReactNode;
}

/** For browsers without `field-sizing`. With it, the height follows the content. */
const MAX_ROWS = 10;

const FIELD = "block rounded-xl bg-transparent px-3 focus-visible:outline-offset-0";

/**
 * The fields for title and description. The service validates them, and each field shows its error. An
 * error of the whole form is shown below them.
 */
export function TaskFields({
  name,
  draft: { title, description },
  errors,
  titleRef,
  titlePlaceholder,
  autoFocus,
  onChange,
  onSubmit,
  actions,
}: TaskFieldsProps) {
  function submitOnCtrlEnter(event: KeyboardEvent) {
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
        onChange={(event) => onChange({ title: event.target.value, description })}
        onKeyDown={preventKeyRepeat}
        placeholder={titlePlaceholder}
        autoFocus={autoFocus}
        autoComplete="off"
        enterKeyHint="done"
        aria-invalid={"title" in errors}
        aria-describedby={`${name}-title-error ${name}-error`}
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
          onChange={(event) => onChange({ title, description: event.target.value })}
          onKeyDown={submitOnCtrlEnter}
          placeholder="Description (optional)"
          rows={Math.min(description.split("\n").length, MAX_ROWS)}
          aria-invalid={"description" in errors}
          aria-describedby={`${name}-description-error`}
          className={`${FIELD} auto-grow max-h-80 min-h-11 min-w-40 flex-1 resize-none py-2.5 text-muted`}
        />
        {actions}
      </div>
      <div className="px-3">
        <FieldError id={`${name}-description-error`} message={errors.description} />
        <FieldError id={`${name}-error`} message={errors[FORM_ERROR]} />
      </div>
    </>
  );
}

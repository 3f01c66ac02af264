import type { ChangeEvent, ComponentProps, KeyboardEvent, ReactNode } from "react";

import type { Draft } from "@/drafts/drafts";
import { FORM_ERROR } from "@/tasks/messages";

interface TaskFormProps {
  label: string;
  /** A prefix that makes the ids of the fields unique on the page. */
  name: string;
  draft: Draft;
  onChange: (draft: Draft) => void;
  onSubmit: () => void;
  onCancel?: () => void;
  /** What only the field of the title has. */
  titleProps: ComponentProps<"textarea">;
  className: string;
  /** The classes of the part below the title. */
  below?: string;
  /** The buttons. */
  children: ReactNode;
}

/** For browsers without `field-sizing`. With it, the height follows the content. */
const MAX_ROWS = 10;
const CHARACTERS_A_ROW = 60;

const FIELD = "auto-grow block resize-none rounded-xl bg-transparent px-3 py-2.5 focus-visible:outline-offset-0";

/**
 * The form of a new task, and of one that is edited. Enter submits, with Ctrl or Cmd in the description, and
 * Escape cancels. The service validates, and each field shows its error. An error of the whole form is below.
 */
export function TaskForm(props: TaskFormProps) {
  const { label, name, draft, onChange, onSubmit, onCancel, titleProps, className, below = "", children } = props;
  const { title, description, errors = {} } = draft;

  function handleKey(event: KeyboardEvent) {
    // During composition, both keys belong to the input method.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") return onCancel?.();
    const { id } = event.target as HTMLElement;
    const submits = id === `${name}-title` || (id === `${name}-description` && (event.ctrlKey || event.metaKey));
    if (event.key !== "Enter" || !submits) return;
    event.preventDefault();
    // A key that is held down submits once, even if the focus has moved since.
    if (!event.repeat) onSubmit();
  }

  /** A title has one line. The keyboards of phones send a line break where others send the key. */
  function changeTitle({ target, nativeEvent }: ChangeEvent<HTMLTextAreaElement>) {
    if ((nativeEvent as InputEvent).inputType === "insertLineBreak") return onSubmit();
    onChange({ ...draft, title: target.value.replace(/\s*\n\s*/g, " ") });
  }

  return (
    <form
      aria-label={label}
      className={className}
      onKeyDown={handleKey}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <label htmlFor={`${name}-title`} className="sr-only">
        Title
      </label>
      <textarea
        {...titleProps}
        id={`${name}-title`}
        dir="auto"
        value={title}
        onChange={changeTitle}
        autoComplete="off"
        enterKeyHint="done"
        rows={Math.min(Math.ceil(title.length / CHARACTERS_A_ROW) || 1, MAX_ROWS)}
        aria-invalid={"title" in errors}
        aria-describedby={`${name}-title-error ${name}-error`}
        className={`${FIELD} min-h-11 w-full max-h-[40vh] text-lg leading-6`}
      />
      <FieldError id={`${name}-title-error`} message={errors.title} />
      <label htmlFor={`${name}-description`} className="sr-only">
        Description
      </label>
      <div className={`mt-1 flex flex-wrap items-end justify-end gap-1 ${below}`}>
        <textarea
          id={`${name}-description`}
          dir="auto"
          value={description}
          onChange={({ target }) => onChange({ ...draft, description: target.value })}
          placeholder="Description (optional)"
          rows={Math.min(description.split("\n").length, MAX_ROWS)}
          aria-invalid={"description" in errors}
          aria-describedby={`${name}-description-error`}
          className={`${FIELD} max-h-[40vh] min-h-11 min-w-40 flex-1 text-muted`}
        />
        {children}
      </div>
      <FieldError id={`${name}-description-error`} message={errors.description} />
      <FieldError id={`${name}-error`} message={errors[FORM_ERROR]} />
    </form>
  );
}

/** The field refers to its id with `aria-describedby`. */
function FieldError({ id, message }: { id: string; message: string | undefined }) {
  return (
    <p id={id} role="alert" className={message ? "mt-1 px-3 text-sm font-medium text-danger" : "sr-only"}>
      {message}
    </p>
  );
}

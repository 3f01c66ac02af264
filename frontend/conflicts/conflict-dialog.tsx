import type { Make } from "@/board/use-board";
import { removeSubmittedDraft } from "@/drafts/use-orphaned-drafts";
import { drop } from "@/offline/outbox";
import { createKey, type TaskInput } from "@/tasks/task";
import { Modal } from "@/ui/modal";

import { type ConflictError, removeConflict, useConflict } from "./conflict-error";

/** Asks about the conflicts one after the other. */
export function Conflicts({ make }: { make: Make }) {
  const conflict = useConflict();
  return conflict && <ConflictDialog key={conflict.change.key} conflict={conflict} make={make} />;
}

/** Shows two versions of a task and lets the user choose one of them. */
function ConflictDialog({ conflict, make }: { conflict: ConflictError; make: Make }) {
  const { change, theirs } = conflict;
  const texts = dialogTexts(conflict);

  /** The change is kept until here, so that a reload asks again. */
  function close(value: string) {
    removeConflict(conflict);
    if (change.kind === "edit") removeSubmittedDraft(change);
    void drop(change.key);
    if (value === "mine" && theirs) make(conflict.overwrite(theirs));
    else if (value === "mine" && change.kind === "edit") make({ kind: "add", key: createKey(), input: change.input });
  }

  return (
    <Modal
      wide={change.kind === "edit"}
      requiresChoice
      title={texts.title}
      onClose={close}
      choices={[
        { text: texts.theirs, variant: "outlined", value: "theirs" },
        { text: texts.mine, variant: change.kind === "edit" ? "filled" : "danger", value: "mine" },
      ]}
    >
      <p>{texts.explanation}</p>
      <div className={`mt-5 grid gap-3 ${change.kind === "edit" && theirs ? "sm:grid-cols-2" : ""}`}>
        {change.kind === "edit" && <Version name="Yours" text={change.input} />}
        {theirs && <Version name={change.kind === "edit" ? "Theirs" : "As it is now"} text={theirs} />}
      </div>
    </Modal>
  );
}

function Version({ name, text }: { name: string; text: TaskInput }) {
  return (
    <section aria-label={name} className="min-w-0 rounded-2xl border border-line bg-paper p-4">
      <h3 className="text-sm font-semibold text-accent">{name}</h3>
      <p dir="auto" className="mt-1 text-lg wrap-anywhere text-ink">
        {text.title}
      </p>
      <p dir="auto" className="mt-1 max-h-48 overflow-auto wrap-anywhere whitespace-pre-line">
        {text.description ?? <em>No description</em>}
      </p>
    </section>
  );
}

function dialogTexts({ change, theirs }: ConflictError) {
  if (change.kind === "delete") {
    return {
      title: "Delete it anyway?",
      explanation: "The task has changed since you saw it.",
      mine: "Delete",
      theirs: "Keep it",
    };
  }
  if (!theirs) {
    return {
      title: "The task is gone",
      explanation: "It was deleted elsewhere. Your text for it is still here.",
      mine: "Add mine as a new task",
      theirs: "Discard mine",
    };
  }
  return {
    title: "Two versions of one task",
    explanation: "It was changed elsewhere while you edited it. Which one do you want to keep?",
    mine: "Keep mine",
    theirs: "Take theirs",
  };
}

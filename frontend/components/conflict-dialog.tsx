import { Button } from "@/components/button";
import { Modal } from "@/components/modal";
import { isShownInForm } from "@/lib/change-messages";
import type { ConflictError } from "@/lib/conflict-error";
import { editDraftKey, removeDraft, removeSavedEdit, toDraft, type Draft } from "@/lib/draft-storage";
import type { TaskInput } from "@/lib/task";
import { notifyFailure, type ChangeTask } from "@/lib/use-change-task";

interface ConflictDialogProps {
  conflict: ConflictError;
  changeTask: ChangeTask;
  /** Adds the draft of a deleted task as a new task. */
  onAdd: (draft: Draft) => void;
  onResolved: (conflict: ConflictError) => void;
}

/** Shows two versions of a task and lets the user choose one of them. */
export function ConflictDialog({ conflict, changeTask, onAdd, onResolved }: ConflictDialogProps) {
  const { change, theirs } = conflict;
  const texts = dialogTexts(conflict);

  function close(value: string) {
    onResolved(conflict);
    const discardDraft = () => removeDraft(editDraftKey(change.task));
    if (value !== "mine") return discardDraft();
    if (theirs) {
      // Based on their version, so that the change overwrites it.
      const overwrite = { ...change, task: theirs };
      const discardSaved = () => change.kind === "edit" && removeSavedEdit(change.task, change.input);
      // `changeTask` leaves these errors to a form, and there is no form here.
      const notifyFormErrors = (error: unknown) => isShownInForm(error) && notifyFailure(overwrite, error);
      changeTask(overwrite).then(discardSaved, notifyFormErrors);
    } else if (change.kind === "edit") {
      discardDraft();
      onAdd(toDraft(change.input));
    }
  }

  return (
    <Modal
      wide={change.kind === "edit"}
      requiresChoice
      title={texts.title}
      onClose={close}
      actions={
        <>
          <Button type="submit" variant="outlined" value="theirs">
            {texts.theirs}
          </Button>
          <Button type="submit" variant={change.kind === "edit" ? "filled" : "danger"} value="mine">
            {texts.mine}
          </Button>
        </>
      }
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
      <p dir="auto" className="mt-1 text-lg wrap-anywhere text-ink">{text.title}</p>
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

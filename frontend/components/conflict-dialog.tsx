import { Button } from "@/components/button";
import { Modal } from "@/components/modal";
import { hasOnlyFieldErrors } from "@/lib/change-messages";
import type { ConflictError } from "@/lib/conflict-error";
import { editDraftKey, removeDraft, removeSavedEdit, toDraft, type Draft } from "@/lib/draft-storage";
import type { TaskInput } from "@/lib/task";
import { sayWhy, type Attempt } from "@/lib/use-change-task";

interface ConflictDialogProps {
  conflict: ConflictError;
  attempt: Attempt;
  /** Makes a new task of words whose own is gone. */
  onAdd: (words: Draft) => void;
  onSettled: (conflict: ConflictError) => void;
}

/** Two versions of one task: the user says which of them stays. */
export function ConflictDialog({ conflict, attempt, onAdd, onSettled }: ConflictDialogProps) {
  const { change, theirs } = conflict;
  const words = wording(conflict);

  function close(value: string) {
    onSettled(conflict);
    const drop = () => removeDraft(editDraftKey(change.task));
    if (value !== "mine") return drop();
    if (theirs) {
      // Once more, in full knowledge of what it overwrites.
      const insisting = { ...change, task: theirs };
      const taken = () => change.kind === "edit" && removeSavedEdit(change.task, change.input);
      attempt(insisting).then(taken, (error) => hasOnlyFieldErrors(error) && sayWhy(insisting, error));
    } else if (change.kind === "edit") {
      drop();
      onAdd(toDraft(change.input));
    }
  }

  return (
    <Modal
      wide={change.kind === "edit"}
      requiresChoice
      title={words.title}
      onClose={close}
      actions={
        <>
          <Button type="submit" variant="outlined" value="theirs">
            {words.theirs}
          </Button>
          <Button type="submit" variant={change.kind === "edit" ? "filled" : "danger"} value="mine">
            {words.mine}
          </Button>
        </>
      }
    >
      <p>{words.explanation}</p>
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

function wording({ change, theirs }: ConflictError) {
  if (change.kind === "delete") {
    return {
      title: "Delete it all the same?",
      explanation: "The task has changed since you saw it.",
      mine: "Delete",
      theirs: "Keep it",
    };
  }
  if (!theirs) {
    return {
      title: "The task is gone",
      explanation: "It was deleted elsewhere. Your words for it are still here.",
      mine: "Add mine as a new task",
      theirs: "Let it go",
    };
  }
  return {
    title: "Two versions of one task",
    explanation: "It has changed elsewhere while you edited it. Which one is to stay?",
    mine: "Keep mine",
    theirs: "Take theirs",
  };
}

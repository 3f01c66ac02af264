import { Button } from "@/components/button";
import type { SubmittedDraft } from "@/lib/draft-storage";

interface UnsavedTaskProps {
  draft: SubmittedDraft;
  onEdit: () => void;
  onDiscard: () => void;
}

/** A new task that the service has not saved, and the reason if it is known. */
export function UnsavedTask({ draft: { title, description, reason }, onEdit, onDiscard }: UnsavedTaskProps) {
  return (
    <section
      aria-label="Not added"
      className="fade-in flex flex-wrap items-center gap-x-3 gap-y-1 rounded-3xl bg-warn py-2.5 pr-2.5 pl-5 text-on-warn"
    >
      <div className="min-w-48 flex-1">
        <p role="alert" className="text-sm font-semibold">
          Not added{reason ? `: ${reason}` : " yet"}
        </p>
        <p dir="auto" className="line-clamp-2 wrap-anywhere">
          {title || description}
        </p>
      </div>
      <div className="ml-auto flex">
        <Button variant="quiet" onClick={onDiscard}>
          Discard
        </Button>
        <Button variant="quiet" onClick={onEdit}>
          Edit
        </Button>
      </div>
    </section>
  );
}

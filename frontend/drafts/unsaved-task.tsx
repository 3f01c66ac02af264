import { Button } from "@/ui/button";

import type { Draft } from "./draft";

interface UnsavedTaskProps {
  draft: Draft;
  onEdit: () => void;
  onDiscard: () => void;
}

/** A new task that the service has rejected while the user was typing the next one. */
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

"use client";

import { useRef, useState, type FormEvent } from "react";

import { Button } from "@/components/button";
import { PlusIcon } from "@/components/icons";
import { TaskFields } from "@/components/task-fields";
import { ApiError } from "@/lib/api-error";
import { dropDraft, keepDraft, NEW, readDraft, sent, takeNewDraft, type Draft } from "@/lib/draft";
import { taskInput } from "@/lib/task";
import type { Attempt } from "@/lib/use-attempt";

const EMPTY: Draft = { title: "", description: "" };

/** Adds a task. The fields are free for the next one at once; a refused one comes back into them. */
export function TaskForm({ attempt }: { attempt: Attempt }) {
  const [draft, setDraft] = useState(() => takeNewDraft() ?? EMPTY);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const title = useRef<HTMLInputElement>(null);

  function type(typed: Draft) {
    setDraft(typed);
    if (typed.title || typed.description) keepDraft(NEW, typed);
    else dropDraft(NEW);
  }

  async function submit(event?: FormEvent) {
    event?.preventDefault();
    const key = draft.key ?? crypto.randomUUID();
    keepDraft(sent(key), { ...draft, key });
    dropDraft(NEW);
    setDraft(EMPTY);
    setErrors({});
    title.current?.focus();
    try {
      await attempt({ kind: "add", key, input: taskInput(draft.title, draft.description) });
      dropDraft(sent(key));
    } catch (error) {
      if (error instanceof ApiError) setErrors(error.byField());
      giveBack({ ...draft, key });
    }
  }

  function giveBack(unsent: Draft & { key: string }) {
    // The next task is being typed already: then a reload brings this one back.
    if (readDraft(NEW)) return;
    dropDraft(sent(unsent.key));
    keepDraft(NEW, unsent);
    setDraft(unsent);
  }

  return (
    <form
      onSubmit={submit}
      aria-label="Add a task"
      className="mb-8 rounded-3xl border border-line bg-raised p-2 shadow-[0_1px_0_var(--line)] transition-colors focus-within:border-edge"
    >
      <TaskFields
        name="new"
        draft={draft}
        errors={errors}
        titleRef={title}
        titlePlaceholder="What is to be done?"
        onType={type}
        onSubmit={() => void submit()}
        actions={
          <Button type="submit">
            <PlusIcon />
            Add
          </Button>
        }
      />
    </form>
  );
}

"use client";

import { useRef, type FormEvent } from "react";

import { Button } from "@/components/button";
import { PlusIcon } from "@/components/icons";
import { TaskFields } from "@/components/task-fields";
import { UnsentTask } from "@/components/unsaved-task";
import type { Adding } from "@/lib/use-add-task";

/** Adds a task; below it are those that were refused while the next one was typed already. */
export function TaskForm({ adding }: { adding: Adding }) {
  const { draft, errors, unsent, type, submit, takeUp, discard } = adding;
  const title = useRef<HTMLInputElement>(null);

  function add(event?: FormEvent) {
    event?.preventDefault();
    submit();
    title.current?.focus();
  }

  return (
    <div className="mb-8 space-y-3">
      <form
        onSubmit={add}
        aria-label="Add a task"
        className="rounded-3xl border border-line bg-raised p-2 shadow-[0_1px_0_var(--line)] transition-colors focus-within:border-edge"
      >
        <TaskFields
          name="new"
          draft={draft}
          errors={errors}
          titleRef={title}
          titlePlaceholder="What is to be done?"
          onType={type}
          onSubmit={add}
          actions={
            <Button type="submit">
              <PlusIcon />
              Add
            </Button>
          }
        />
      </form>
      {unsent.map((words) => (
        <UnsentTask
          key={words.key}
          words={words}
          onTakeUp={() => {
            takeUp(words);
            title.current?.focus();
          }}
          onDiscard={() => {
            discard(words);
            title.current?.focus();
          }}
        />
      ))}
    </div>
  );
}

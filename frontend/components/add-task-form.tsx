"use client";

import { useRef, type FormEvent } from "react";

import { Button } from "@/components/button";
import { PlusIcon } from "@/components/icons";
import { TaskFields } from "@/components/task-fields";
import { UnsavedTask } from "@/components/unsaved-task";
import type { AddTask } from "@/lib/use-add-task";

/** The form for a new task. Below it are the submitted tasks that the service has not saved. */
export function AddTaskForm({ addTask }: { addTask: AddTask }) {
  const { draft, errors, unsaved, updateDraft, submit, editUnsaved, discardUnsaved } = addTask;
  const titleRef = useRef<HTMLInputElement>(null);

  function handleSubmit(event?: FormEvent) {
    event?.preventDefault();
    submit();
    titleRef.current?.focus();
  }

  return (
    <div className="mb-8 space-y-3">
      <form
        onSubmit={handleSubmit}
        aria-label="Add a task"
        className="rounded-3xl border border-line bg-raised p-2 shadow-[0_1px_0_var(--line)] transition-colors focus-within:border-edge"
      >
        <TaskFields
          name="new"
          draft={draft}
          errors={errors}
          titleRef={titleRef}
          titlePlaceholder="What needs to be done?"
          onChange={updateDraft}
          onSubmit={handleSubmit}
          actions={
            <Button type="submit">
              <PlusIcon />
              Add
            </Button>
          }
        />
      </form>
      {unsaved.map((submitted) => (
        <UnsavedTask
          key={submitted.key}
          draft={submitted}
          onEdit={() => {
            editUnsaved(submitted);
            titleRef.current?.focus();
          }}
          onDiscard={() => {
            discardUnsaved(submitted);
            titleRef.current?.focus();
          }}
        />
      ))}
    </div>
  );
}

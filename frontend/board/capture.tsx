"use client";

import { type ClipboardEvent, useEffect, useRef, useState } from "react";

import {
  type Draft,
  EMPTY_DRAFT,
  isBlank,
  NEW_DRAFT,
  readDraft,
  rejectedDraft,
  removeDraft,
  storeDraft,
  useDraft,
  useRejectedDrafts,
} from "@/drafts/drafts";
import { createKey, type TaskInput, toTaskInput } from "@/tasks/task";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icons";
import { Modal } from "@/ui/modal";

import { TaskForm } from "./task-form";
import type { Make } from "./use-board";

const DOUBLE_CLICK_MS = 500;

/** The form for new tasks. It stays in reach: at the top of a long list, and on a phone below it. */
export function Capture({ make }: { make: Make }) {
  const draft = useDraft(NEW_DRAFT) ?? EMPTY_DRAFT;
  const rejected = useRejectedDrafts();
  const [pasted, setPasted] = useState<readonly string[]>();
  const titleRef = useRef<HTMLTextAreaElement>(null);
  const lastSubmission = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    keepTypedText(titleRef.current);
    focusUnlessTouch(titleRef.current);
  }, []);

  const add = (input: TaskInput) => make({ kind: "add", key: createKey(), input });

  function submit() {
    titleRef.current?.focus();
    // The second click of a double click must not submit the form that the first one has cleared.
    const isDoubleClick = performance.now() - lastSubmission.current < DOUBLE_CLICK_MS;
    if (isDoubleClick && isBlank(draft)) return;
    lastSubmission.current = performance.now();
    removeDraft(NEW_DRAFT);
    add(toTaskInput(draft));
  }

  function askAboutLines(event: ClipboardEvent<HTMLTextAreaElement>) {
    const lines = event.clipboardData
      .getData("text")
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    setPasted(lines);
  }

  function paste(lines: readonly string[], choice: string) {
    setPasted(undefined);
    // The newest task is the first of the list, so the last line is added first.
    if (choice === "tasks") for (const title of [...lines].reverse()) add({ title });
    if (choice === "title") storeDraft(NEW_DRAFT, { ...draft, title: [draft.title, ...lines].join(" ").trim() });
    titleRef.current?.focus();
  }

  function discard(key: string) {
    removeDraft(key);
    titleRef.current?.focus();
  }

  function edit(key: string, { title, description }: Draft) {
    if (!isBlank(draft)) storeDraft(rejectedDraft(createKey()), draft);
    storeDraft(NEW_DRAFT, { title, description });
    discard(key);
  }

  return (
    <div className="capture">
      <TaskForm
        label="Add a task"
        name="new"
        draft={draft}
        onChange={({ errors: _, ...typed }) => (isBlank(typed) ? removeDraft(NEW_DRAFT) : storeDraft(NEW_DRAFT, typed))}
        onSubmit={submit}
        titleProps={{ ref: titleRef, placeholder: "What needs to be done?", onPaste: askAboutLines }}
        className="rounded-3xl border border-line bg-raised p-2 shadow-[0_1px_0_var(--line)] transition-colors focus-within:border-edge"
        below="capture-below"
      >
        {/* The focus stays in the field, so that nothing moves under the pointer. */}
        <Button type="submit" onPointerDown={(event) => event.preventDefault()}>
          <Icon name="plus" />
          Add
        </Button>
      </TaskForm>
      {rejected.map(([key, each]) => (
        <RejectedTask key={key} draft={each} onEdit={() => edit(key, each)} onDiscard={() => discard(key)} />
      ))}
      {pasted && (
        <Modal
          title={`Add ${pasted.length} tasks?`}
          choices={[
            { text: "Paste as one title", variant: "plain", value: "title" },
            { text: `Add ${pasted.length} tasks`, value: "tasks", autoFocus: true },
          ]}
          onClose={(choice) => paste(pasted, choice)}
        >
          <p>The text has {pasted.length} lines. Each of them can be a task.</p>
        </Modal>
      )}
    </div>
  );
}

interface RejectedTaskProps {
  draft: Draft;
  onEdit: () => void;
  onDiscard: () => void;
}

/** A new task that the service has rejected while the user was typing the next one. */
function RejectedTask({ draft: { title, description, reason }, onEdit, onDiscard }: RejectedTaskProps) {
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

/** The field comes with the page, and so something may be typed before the scripts are there. */
function keepTypedText(field: HTMLTextAreaElement | null): void {
  if (field?.value && !readDraft(NEW_DRAFT)) storeDraft(NEW_DRAFT, { title: field.value, description: "" });
}

/** On a touch screen, the focus would open the keyboard over the tasks. */
function focusUnlessTouch(title: HTMLTextAreaElement | null): void {
  if (document.activeElement === document.body && matchMedia("(pointer: fine)").matches) title?.focus();
}

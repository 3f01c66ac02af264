"use client";

import { type KeyboardEvent, memo, useState } from "react";

import { editDraft, storeDraft, toDraft, useDraft } from "@/drafts/drafts";
import { useOutage } from "@/offline/outage";
import { rowKeyOf, type Task } from "@/tasks/task";
import { Icon } from "@/ui/icons";

import { completeTask, deleteTasks } from "./actions";
import { focusInRow } from "./focus";
import { LinkedText } from "./linked-text";
import { TaskEditor } from "./task-editor";
import type { Make } from "./use-board";

interface TaskRowProps {
  task: Task;
  make: Make;
}

/**
 * One task is one stop of the Tab key, its checkbox; the arrow keys lead to its buttons and links. In a search,
 * a row gets other tasks: what is open or typed in it is not theirs.
 */
export const TaskRow = memo(function TaskRow({ task, make }: TaskRowProps) {
  const { title, description, completed, saving = false } = task;
  const draft = useDraft(editDraft(task));
  // Only new tasks fade in: an animation of ten thousand rows would be slow.
  const [fadesIn] = useState(task.id === 0);
  const edit = () => storeDraft(editDraft(task), { ...toDraft(task), task });

  function moveInside(event: KeyboardEvent<HTMLElement>) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || draft) return;
    event.preventDefault();
    focusInRow(event.currentTarget, step as 1 | -1);
  }

  return (
    <li
      className={`task-row relative border-b border-line ${fadesIn ? "fade-in" : ""}`}
      onKeyDown={moveInside}
      aria-busy={saving}
      data-task={task.id}
      data-row={rowKeyOf(task)}
    >
      <div className="group flex items-start gap-1 py-1.5">
        <Checkbox task={task} onChange={(checked) => completeTask(make, task, checked)} />
        {draft ? (
          <TaskEditor key={rowKeyOf(task)} task={task} draft={draft} make={make} />
        ) : (
          <>
            <div className="min-w-0 grow py-2.5">
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the pencil and the key `e` do the same. */}
              <p
                dir="auto"
                onClick={() => isNothingSelected() && edit()}
                className="task-title cursor-text wrap-anywhere"
              >
                <span data-title data-done={completed} className={`strikethrough ${completed ? "text-muted" : ""}`}>
                  <LinkedText text={title} />
                </span>
              </p>
              {description && <Description text={description} title={title} />}
              {saving && <Waiting />}
            </div>
            <RowButton label={`Edit “${title}”`} data-edit onClick={edit}>
              <Icon name="pencil" />
            </RowButton>
            <RowButton label={`Delete “${title}”`} data-delete danger onClick={() => deleteTasks(make, [task])}>
              <Icon name="trash" />
            </RowButton>
          </>
        )}
      </div>
    </li>
  );
});

function Checkbox({ task, onChange }: { task: Task; onChange: (completed: boolean) => void }) {
  return (
    <label className="grid size-11 shrink-0 cursor-pointer place-items-center">
      <input
        type="checkbox"
        checked={task.completed}
        onChange={({ target }) => onChange(target.checked)}
        aria-label={`Done: ${task.title}`}
        className="checkbox col-start-1 row-start-1 size-6 cursor-pointer appearance-none rounded-full border-2 border-edge transition-colors checked:border-accent checked:bg-accent hover:border-accent"
      />
      <svg
        aria-hidden="true"
        viewBox="0 0 24 24"
        className="pointer-events-none col-start-1 row-start-1 size-6 text-on-accent"
      >
        <path className="checkmark" d="M7 12.5l3.5 3.5 7-7.5" />
      </svg>
    </label>
  );
}

interface RowButtonProps extends React.ComponentProps<"button"> {
  label: string;
  danger?: boolean;
}

/** Visible on a touch screen, and elsewhere when the pointer or the focus is in the row. */
function RowButton({ label, danger, onClick, ...rest }: RowButtonProps) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={label}
      // The second click of a double click is for what was there before.
      onClick={(event) => event.detail < 2 && onClick?.(event)}
      className={`row-button grid size-11 shrink-0 place-items-center rounded-full text-muted ${danger ? "hover:bg-danger/10 hover:text-danger" : "hover:bg-ink/5 hover:text-ink"}`}
      {...rest}
    />
  );
}

const LINES = 2;
/** What may take more than two lines on a narrow phone. */
const CHARACTERS = 80;

/** Opens in place if it is longer than two lines. */
function Description({ text, title }: { text: string; title: string }) {
  const [opened, setOpened] = useState<string>();
  const isOpen = opened === text;
  const isLong = text.length > CHARACTERS || text.split("\n", LINES + 1).length > LINES;
  return (
    <div className="mt-0.5 text-[0.9375rem] text-muted">
      <p dir="auto" data-description className={`wrap-anywhere whitespace-pre-line ${isOpen ? "" : "line-clamp-2"}`}>
        <LinkedText text={text} />
      </p>
      {isLong && (
        <button
          type="button"
          tabIndex={-1}
          aria-expanded={isOpen}
          aria-label={`The whole description of “${title}”`}
          onClick={() => setOpened(isOpen ? undefined : text)}
          className="-ml-2 min-h-7 rounded-full px-2 font-semibold text-accent hover:bg-ink/5"
        >
          {isOpen ? "Less" : "More"}
        </button>
      )}
    </div>
  );
}

function Waiting() {
  const outage = useOutage();
  return (
    outage && (
      <p className="mt-1 flex items-center gap-1 text-sm text-muted">
        <Icon name="clock" /> Waiting to be sent
      </p>
    )
  );
}

/** Text that is being selected is not meant to be edited. */
function isNothingSelected(): boolean {
  return getSelection()?.isCollapsed ?? true;
}

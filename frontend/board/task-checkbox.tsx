import type { Task } from "@/tasks/task";

interface TaskCheckboxProps {
  task: Task;
  onChange: (completed: boolean) => void;
}

export function TaskCheckbox({ task, onChange }: TaskCheckboxProps) {
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

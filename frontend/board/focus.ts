import { type RefObject, useEffect, useLayoutEffect } from "react";

const NEW_TITLE = "new-title";

/** The row that had the focus last, and its place in the list. */
let last: { key: string; index: number } | null = null;

const rows = (): HTMLElement[] => Array.from(document.querySelectorAll<HTMLElement>("[data-row]"));

export const focusNewTask = (): void => document.getElementById(NEW_TITLE)?.focus();

/** The row that keys are for: the one with the focus, or the one that had it last. */
export function currentRow(): HTMLElement | undefined {
  const focused = document.activeElement?.closest<HTMLElement>("[data-row]");
  return focused ?? rows().find((row) => row.dataset.row === last?.key);
}

export function focusRow(step: 1 | -1): void {
  const all = rows();
  const current = currentRow();
  const index = current ? all.indexOf(current) + step : 0;
  focusFirst(all[Math.min(Math.max(index, 0), all.length - 1)]);
}

/** Moves between the controls of one row, which is one stop of the Tab key. */
export function focusInRow(row: HTMLElement, step: 1 | -1): void {
  const controls = Array.from(row.querySelectorAll<HTMLElement>("input, button, a[href]"));
  const index = controls.indexOf(document.activeElement as HTMLElement) + step;
  controls[Math.min(Math.max(index, 0), controls.length - 1)]?.focus();
}

/** When what has the focus disappears, the focus moves to its row, or to the one in its place. */
export function keepFocus(): void {
  if (!last || (document.activeElement && document.activeElement !== document.body)) return;
  if (document.querySelector("dialog[open]")) return;
  const all = rows();
  const row = all.find((each) => each.dataset.row === last?.key) ?? all[Math.min(last.index, all.length - 1)];
  if (row) focusFirst(row);
  else focusNewTask();
}

/** Call this in the component that renders the rows. */
export function useKeptFocus(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = list.current;
    const remember = ({ target }: FocusEvent) => {
      const row = (target as HTMLElement).closest<HTMLElement>("[data-row]");
      last = row ? { key: row.dataset.row ?? "", index: rows().indexOf(row) } : null;
    };
    // What loses the focus because it is removed is not connected a moment later. Else the user has moved the focus.
    const forget = ({ target }: FocusEvent) => {
      const lost = last;
      setTimeout(() => {
        if ((target as HTMLElement).isConnected && last === lost) last = null;
      });
    };
    element?.addEventListener("focusin", remember);
    element?.addEventListener("focusout", forget);
    return () => {
      element?.removeEventListener("focusin", remember);
      element?.removeEventListener("focusout", forget);
    };
  }, [list]);
  useLayoutEffect(keepFocus);
}

function focusFirst(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>("textarea, input")?.focus();
}

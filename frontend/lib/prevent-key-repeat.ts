import type { KeyboardEvent } from "react";

/** Enter that is held down is meant once, wherever the focus has gone since. */
export function ignoreHeldEnter(event: KeyboardEvent): void {
  if (event.key === "Enter" && event.repeat) event.preventDefault();
}

import type { KeyboardEvent } from "react";

/** Ignores the repeated events of an Enter key that is held down, even if the focus has moved since. */
export function preventKeyRepeat(event: KeyboardEvent): void {
  if (event.key === "Enter" && event.repeat) event.preventDefault();
}

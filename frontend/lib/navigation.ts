let leaving = false;

/** Goes to another page on purpose, so without asking whether what is on its way may be lost. */
export function leaveFor(path: string): void {
  // A second assignment would cancel the first.
  if (leaving) return;
  leaving = true;
  location.assign(path);
}

export function isLeaving(): boolean {
  return leaving;
}

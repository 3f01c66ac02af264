let navigating = false;

/** Loads another page, without the warning about unsaved changes. */
export function navigateTo(path: string): void {
  // A second assignment would cancel the first.
  if (navigating) return;
  navigating = true;
  location.assign(path);
}

export function isNavigating(): boolean {
  return navigating;
}

let leaving = false;
let navigating = false;

/** Loads another page, so that nothing stays in memory. A second call does not cancel the first. */
export function navigateTo(path: string): void {
  if (navigating) return;
  navigating = true;
  location.assign(path);
}

export function isNavigating(): boolean {
  return navigating;
}

/** True once the page is being closed. A request then needs `keepalive` to arrive. */
export function isLeaving(): boolean {
  return leaving;
}

/** Calls `action` when the page is closed, reloaded or left. */
export function onLeave(action: () => void): () => void {
  const leave = () => {
    leaving = true;
    action();
  };
  const comeBack = () => {
    leaving = false;
  };
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", comeBack);
  return () => {
    window.removeEventListener("pagehide", leave);
    window.removeEventListener("pageshow", comeBack);
  };
}

let leaving = false;
let navigating = false;

export const isNavigating = (): boolean => navigating;

/** True once the page is being closed. A request then needs `keepalive` to arrive. */
export const isLeaving = (): boolean => leaving;

/** Loads another page, so that nothing stays in memory. A second call does not cancel the first. */
export function navigateTo(path: string): void {
  if (navigating) return;
  navigating = true;
  location.assign(path);
}

/** Calls `action` when the page is closed, reloaded or left. */
export function onLeave(action: () => void): () => void {
  const listening = new AbortController();
  const leave = () => {
    leaving = true;
    action();
  };
  const comeBack = () => {
    leaving = false;
  };
  window.addEventListener("pagehide", leave, { signal: listening.signal });
  window.addEventListener("pageshow", comeBack, { signal: listening.signal });
  return () => listening.abort();
}

import { createStore } from "./store";

/** A choice of this device, which is false at first. A browser that stores nothing forgets it. */
export function createRemembered(name: string) {
  const store = createStore(false);
  if (typeof window !== "undefined") attempt(() => store.set(localStorage.getItem(name) === "true"));
  const set = (value: boolean) => {
    store.set(value);
    attempt(() => localStorage.setItem(name, String(value)));
  };
  return { use: store.use, set };
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // See above.
  }
}

import { createStore } from "./store";

/** A choice of this device, which is false at first. A browser that stores nothing forgets it. */
export function createRemembered(name: string) {
  const store = createStore(false);
  if (typeof window !== "undefined") store.set(recall(name));
  const set = (value: boolean) => {
    store.set(value);
    remember(name, value);
  };
  return { use: store.use, set };
}

function recall(name: string): boolean {
  try {
    return localStorage.getItem(name) === "true";
  } catch {
    return false;
  }
}

function remember(name: string, value: boolean): void {
  try {
    localStorage.setItem(name, String(value));
  } catch {
    // See above.
  }
}

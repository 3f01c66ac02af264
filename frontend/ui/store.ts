import { useSyncExternalStore } from "react";

/** A value outside of React. Components that use it are rendered again when it is set. */
export function createStore<State>(initial: State) {
  let state = initial;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const get = () => state;
  const set = (next: State) => {
    state = next;
    for (const listener of listeners) listener();
  };
  /** The server, and the first render in the browser, see the initial value. */
  const use = () => useSyncExternalStore(subscribe, get, () => initial);
  return { get, set, use, subscribe };
}

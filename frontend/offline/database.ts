import { createStore, type UseStore } from "idb-keyval";

/** Returns how to use a database of IndexedDB. The result is undefined if the browser forbids storage, or has no room. */
export function openDatabase(name: string, onFailure?: () => void) {
  let store: UseStore | undefined;
  return async <Result>(use: (store: UseStore) => Promise<Result>): Promise<Result | undefined> => {
    try {
      store ??= createStore(name, name);
      return await use(store);
    } catch {
      onFailure?.();
      return undefined;
    }
  };
}

/** Holds what the browser does not store, because it forbids storage or its storage is full. */
const memory = new Map<string, string>();

/** `sessionStorage`, but it never throws: values that the browser does not store last until a reload. */
export const safeSessionStorage = {
  getItem(key: string): string | null {
    return memory.get(key) ?? tryOr(() => sessionStorage.getItem(key), null);
  },

  setItem(key: string, value: string): void {
    const store = () => {
      sessionStorage.setItem(key, value);
      return true;
    };
    if (tryOr(store, false)) memory.delete(key);
    else memory.set(key, value);
  },

  removeItem(key: string): void {
    memory.delete(key);
    tryOr(() => sessionStorage.removeItem(key), undefined);
  },

  keys(): string[] {
    return [...new Set([...memory.keys(), ...tryOr(() => Object.keys(sessionStorage), [])])];
  },
};

function tryOr<Result>(action: () => Result, fallback: Result): Result {
  try {
    return action();
  } catch {
    return fallback;
  }
}

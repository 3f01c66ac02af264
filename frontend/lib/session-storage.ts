/** What a browser that forbids storage, or whose storage is full, leaves us: until the next reload. */
const memory = new Map<string, string>();

/** The tab's own storage, which outlives a reload; it never throws. */
export const tabStorage = {
  read(name: string): string | null {
    return memory.get(name) ?? tried(() => sessionStorage.getItem(name), null);
  },

  keep(name: string, text: string): void {
    const kept = tried(() => (sessionStorage.setItem(name, text), true), false);
    if (kept) memory.delete(name);
    else memory.set(name, text);
  },

  drop(name: string): void {
    memory.delete(name);
    tried(() => sessionStorage.removeItem(name), undefined);
  },

  names(): string[] {
    return [...new Set([...memory.keys(), ...tried(() => Object.keys(sessionStorage), [])])];
  },
};

function tried<Result>(act: () => Result, otherwise: Result): Result {
  try {
    return act();
  } catch {
    return otherwise;
  }
}

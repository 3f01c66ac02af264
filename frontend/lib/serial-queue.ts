const lastOperation = new Map<string, Promise<unknown>>();

/** Runs operations that have the same key one after the other, in the order of the calls. */
export function runSerially<Result>(key: string, operation: () => Promise<Result>): Promise<Result> {
  const previous = lastOperation.get(key) ?? Promise.resolve();
  const result = previous.then(operation, operation);
  lastOperation.set(key, result);
  const cleanUp = () => {
    if (lastOperation.get(key) === result) lastOperation.delete(key);
  };
  result.then(cleanUp, cleanUp);
  return result;
}

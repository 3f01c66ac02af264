const lastOperation = new Map<string, Promise<unknown>>();

/** Runs operations that share a queue one after the other, in the order of the calls. */
export function runSerially<Result>(queues: readonly string[], operation: () => Promise<Result>): Promise<Result> {
  const before = queues.map((queue) => lastOperation.get(queue));
  const result = Promise.allSettled(before).then(operation);
  for (const queue of queues) lastOperation.set(queue, result);
  const cleanUp = () => {
    for (const queue of queues) if (lastOperation.get(queue) === result) lastOperation.delete(queue);
  };
  result.then(cleanUp, cleanUp);
  return result;
}

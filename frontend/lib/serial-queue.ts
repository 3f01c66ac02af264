const lastOf = new Map<string, Promise<unknown>>();

/** Does things that concern the same in the order in which they were asked for. */
export function inTurn<Result>(concern: string, act: () => Promise<Result>): Promise<Result> {
  const before = lastOf.get(concern) ?? Promise.resolve();
  const result = before.then(act, act);
  lastOf.set(concern, result);
  const forget = () => {
    if (lastOf.get(concern) === result) lastOf.delete(concern);
  };
  result.then(forget, forget);
  return result;
}

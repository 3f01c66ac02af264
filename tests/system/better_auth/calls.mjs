// Calls methods of the client in turn, and gives what each returned, or the message it threw.

import { TaskClient } from "./task-client.mjs";

export async function call({ url, token, calls }) {
  const client = new TaskClient(url, async () => token);
  const outcomes = [];
  for (const [method, ...args] of calls) {
    try {
      outcomes.push({ returned: (await client[method](...args)) ?? null });
    } catch (error) {
      outcomes.push({ thrown: error.message });
    }
  }
  return outcomes;
}

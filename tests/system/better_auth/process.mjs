// Better Auth, in as many set-ups as are asked for: one line of JSON in, one line of JSON out, until
// the input ends. Nothing else goes to the output.

import { createInterface } from "node:readline";

import { call } from "./calls.mjs";
import { migrate } from "./migration.mjs";
import { documentedTasks } from "./documents.mjs";
import { serve } from "./server.mjs";
import { versions } from "./versions.mjs";

const actions = { call, migrate, serve, documentedTasks, versions };

console.log = console.info = console.debug = console.error;

for await (const line of createInterface({ input: process.stdin })) {
  const { action, ...options } = JSON.parse(line);
  let answer;
  try {
    answer = { result: await actions[action](options) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
process.exit();

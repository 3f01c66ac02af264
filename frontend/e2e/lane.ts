/** The scenarios of one lane run one after the other, because they share and restart one service. */
import { after, before, beforeEach } from "node:test";

import { closeBrowser, nameScenario, openBrowser } from "./browser";
import { frontend, service } from "./servers";

let started: Promise<unknown> = Promise.resolve();

before(async () => {
  started = Promise.all([service.start(), frontend.start(), openBrowser()]);
  await started;
});

beforeEach((context) => nameScenario("name" in context ? context.name : ""));

after(async () => {
  // Where `ONLY` leaves nothing to run in a lane, this does not wait for `before`.
  await started.catch(() => undefined);
  await Promise.all([service.stop(), frontend.stop(), closeBrowser()]);
});

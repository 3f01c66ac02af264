/** The scenarios of one lane run one after the other, because they share and restart one service. */
import { after, before, beforeEach } from "node:test";

import { closeBrowser, nameScenario, openBrowser } from "./browser";
import { frontend, service } from "./servers";

before(async () => {
  await Promise.all([service.start(), frontend.start(), openBrowser()]);
});

beforeEach((context) => nameScenario("name" in context ? context.name : ""));

after(async () => {
  await Promise.all([service.stop(), frontend.stop(), closeBrowser()]);
});

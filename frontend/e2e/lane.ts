/** The scenarios of one lane run one after the other, because they share and restart one service. */
import { after, before } from "node:test";

import { closeBrowser, openBrowser } from "./browser";
import { frontend, service } from "./servers";

before(async () => {
  await Promise.all([service.start(), frontend.start(), openBrowser()]);
});

after(async () => {
  await Promise.all([service.stop(), frontend.stop(), closeBrowser()]);
});

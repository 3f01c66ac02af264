/** Every scenario in one process, one after the other: they share, and restart, one service. */
import { after, before } from "node:test";

import { closeBrowser, openBrowser } from "./browser";
import { frontend, service } from "./stack";

import "./every-button";
import "./refusals";
import "./two-people";
import "./tokens";
import "./sessions";
import "./drafts";
import "./haste";
import "./outages";
import "./conflicts";
import "./gone";
import "./origins";
import "./server";
import "./many-tasks";
import "./browsers";
import "./appearance";

before(async () => {
  await Promise.all([service.start(), frontend.start(), openBrowser()]);
});

after(async () => {
  await Promise.all([service.stop(), frontend.stop(), closeBrowser()]);
});

/** Runs all scenarios in one process, one after the other, because they share and restart one service. */
import { after, before } from "node:test";

import { closeBrowser, openBrowser } from "./browser";
import { frontend, service } from "./servers";

import "./every-button";
import "./rejected-changes";
import "./user-isolation";
import "./tokens";
import "./sessions";
import "./drafts";
import "./rapid-actions";
import "./outages";
import "./conflicts";
import "./deleted-elsewhere";
import "./cross-origin";
import "./frontend-server";
import "./many-tasks";
import "./browser-compatibility";
import "./accessibility";

before(async () => {
  await Promise.all([service.start(), frontend.start(), openBrowser()]);
});

after(async () => {
  await Promise.all([service.stop(), frontend.stop(), closeBrowser()]);
});

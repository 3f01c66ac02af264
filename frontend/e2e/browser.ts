import assert from "node:assert/strict";

import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from "playwright-core";

import { FRONTEND_URL, OTHER_ORIGIN, requiredEnv, SERVICE_URL } from "./servers";

const PATIENCE_MS = 15_000;
const OURS = [FRONTEND_URL, OTHER_ORIGIN, SERVICE_URL];
const DESKTOP = { width: 1280, height: 800 };

let browser: Browser | undefined;

export async function openBrowser(): Promise<void> {
  browser = await chromium.launch({ executablePath: requiredEnv("CHROMIUM") });
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
}

/**
 * A page in a browser of its own, which fails the scenario where the page breaks its own rules, or
 * asks anybody for anything but the frontend and the service; `expected` is left out of that.
 */
export async function withPage(
  act: (page: Page, context: BrowserContext) => Promise<void>,
  options: BrowserContextOptions = {},
  expected?: RegExp,
): Promise<void> {
  assert(browser, "the browser is open");
  const context = await browser.newContext({
    baseURL: FRONTEND_URL,
    viewport: DESKTOP,
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("console", (message) => {
    // The browser reports each refused request; whether it had to be refused is the scenario's.
    const refusal = /Failed to load resource|CORS policy/.test(message.text());
    if (message.type() === "error" && !refusal) complaints.push(message.text());
  });
  context.on("request", (request) => {
    const isOurs = OURS.includes(new URL(request.url()).origin);
    if (!isOurs) complaints.push(`${request.url()} is elsewhere`);
  });
  try {
    await act(await context.newPage(), context);
    assert.deepEqual(complaints.filter((complaint) => !expected?.test(complaint)), []);
  } finally {
    await context.close();
  }
}

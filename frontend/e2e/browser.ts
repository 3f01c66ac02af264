import assert from "node:assert/strict";

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

import { FRONTEND_URL, OTHER_ORIGIN, requiredEnv, SERVICE_URL } from "./servers";

const TIMEOUT_MS = 15_000;
/** The first pages of a server take longer. */
const START_MS = 45_000;
const ALLOWED_ORIGINS = [FRONTEND_URL, OTHER_ORIGIN, SERVICE_URL];
const DESKTOP = { width: 1280, height: 800 };

let browser: Browser | undefined;

export async function openBrowser(): Promise<void> {
  browser = await chromium.launch({ executablePath: requiredEnv("CHROMIUM") });
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
}

/** The server sends a page with its tasks. A reload of this one ends when React has taken it over. */
function waitingForReact(page: Page): Page {
  const reload = page.reload.bind(page);
  page.reload = async (options) => {
    const response = await reload(options);
    await waitUntilReady(page);
    return response;
  };
  return page;
}

export async function waitUntilReady(page: Page): Promise<void> {
  const isReady = () =>
    Object.keys(document.querySelector("textarea, [name=email]") ?? {}).some((key) => key.startsWith("__reactProps"));
  await page.waitForFunction(isReady, undefined, { timeout: START_MS });
}

function unfoldDoneTasks(): void {
  try {
    localStorage.setItem("done-is-unfolded", "true");
  } catch {
    // Some scenarios forbid storage.
  }
}

/**
 * Runs the scenario in a page of a new browser context. The scenario fails if the page logs an error or
 * sends a request to any origin except the frontend and the service, unless the error matches `ignored`.
 * A scenario that fails leaves a trace: every action with the page before and after it, and the requests. Where CPU
 * time is measured, it has none, because a trace takes some.
 */
export async function withPage(
  scenario: (page: Page, context: BrowserContext) => Promise<void>,
  { isTraced = true, ...options }: BrowserContextOptions & { isTraced?: boolean } = {},
  ignored?: RegExp,
): Promise<void> {
  assert(browser, "the browser is open");
  const context = await browser.newContext({
    baseURL: FRONTEND_URL,
    viewport: DESKTOP,
    reducedMotion: "reduce",
    // What a service worker answers, the scenarios could not change.
    serviceWorkers: "block",
    ...options,
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  if (isTraced) await context.tracing.start({ snapshots: true });
  await context.addInitScript(unfoldDoneTasks);
  const errors: string[] = [];
  context.on("weberror", (webError) => errors.push(webError.error().message));
  context.on("console", (message) => {
    // The browser logs every error response. Whether one was expected is for the scenario to check.
    const isErrorResponse = /Failed to load resource|CORS policy/.test(message.text());
    if (message.type() === "error" && !isErrorResponse) errors.push(message.text());
  });
  context.on("request", (request) => {
    const isAllowed = ALLOWED_ORIGINS.includes(new URL(request.url()).origin);
    if (!isAllowed) errors.push(`request to another origin: ${request.url()}`);
  });
  try {
    await scenario(waitingForReact(await context.newPage()), context);
    assert.deepEqual(
      errors.filter((error) => !ignored?.test(error)),
      [],
    );
  } catch (error) {
    await keepTrace(context);
    throw error;
  } finally {
    await context.close();
  }
}

let scenarioName = "";

/** The scenarios of a lane run one after the other, and so one name is enough. */
export function nameScenario(name: string): void {
  scenarioName = name;
}

async function keepTrace(context: BrowserContext): Promise<void> {
  const path = `.e2e/traces/${scenarioName.replace(/\W+/g, "-")}.zip`;
  const tell = () =>
    console.error(`The trace of “${scenarioName}”: cd frontend && npx playwright-core show-trace ${path}`);
  await context.tracing.stop({ path }).then(tell, () => undefined); // A scenario that is measured has no trace.
}

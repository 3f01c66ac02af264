import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page, Response, Route } from "playwright-core";

import { withPage } from "./browser";
import { SERVICE_URL, service, UNREACHABLE_DATABASE, waitUntil } from "./servers";
import { addForm, addTask, checkbox, deleteButton, fillFields, taskRow, taskTitles, waitUntilSaved } from "./task-page";
import { openAsNewUser } from "./users";

/** The maximum difference between the clocks of the browser. */
const CLOCK_TOLERANCE_MS = 150;

const banner = (page: Page) => page.getByText("The service is taking a break.");

test("changes made during an outage are saved once, as soon as it ends", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Water the plants");

    await service.whileStopped(async () => {
      await fillFields(addForm(page), "Bake bread");
      await addForm(page).getByRole("button", { name: "Add" }).click();
      await checkbox(page, "Water the plants").check();
      await banner(page).waitFor();
      await taskRow(page, "Bake bread").and(page.locator("[aria-busy=true]")).waitFor();
    });

    await waitUntilSaved(page, "Bake bread");
    await waitUntilSaved(page, "Water the plants");
    await banner(page).waitFor({ state: "detached" });
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake bread", "Water the plants"]);
    assert(await checkbox(page, "Water the plants").isChecked());
  }));

test("a deletion that waits behind another change can be undone during an outage", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Water the plants");

    await service.whileStopped(async () => {
      await checkbox(page, "Water the plants").check();
      await banner(page).waitFor();
      await deleteButton(page, "Water the plants").click();
      await checkbox(page, "Water the plants").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Undo" }).click();

      await checkbox(page, "Water the plants").waitFor();
    });
    await waitUntilSaved(page, "Water the plants");
    await page.reload();

    assert(await checkbox(page, "Water the plants").isChecked());
  }));

test("after a 503, a request is repeated after the time in Retry-After", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const unavailable: Response[] = [];
    page.on("response", (response) => {
      const is503 = response.request().method() === "POST" && response.status() === 503;
      if (is503) unavailable.push(response);
    });

    await service.whileRunningWith({ DATABASE_URL: UNREACHABLE_DATABASE }, async () => {
      await fillFields(addForm(page), "Bake bread");
      await addForm(page).getByRole("button", { name: "Add" }).click();
      await banner(page).waitFor();
      await waitUntil(async () => unavailable.length > 1, "the request is not repeated");
    });

    await waitUntilSaved(page, "Bake bread");
    await banner(page).waitFor({ state: "detached" });
    const [first, second] = unavailable;
    assert(first && second);
    const requestedMs = Number(first.headers()["retry-after"]) * 1000;
    const { startTime, responseEnd } = first.request().timing();
    const waitedMs = second.request().timing().startTime - (startTime + responseEnd);
    assert(requestedMs > 0 && waitedMs > requestedMs - CLOCK_TOLERANCE_MS, `${waitedMs} ms instead of ${requestedMs}`);
  }));

test("a change whose response is lost is made once", () =>
  withPage(async (page) => {
    await openAsNewUser(page);

    await page.route(`${SERVICE_URL}/api/tasks`, loseFirstResponse("POST"));
    await addTask(page, "Bake bread");
    await page.route(`${SERVICE_URL}/api/tasks/*/complete`, loseFirstResponse("PATCH"));
    await checkbox(page, "Bake bread").check();
    await waitUntilSaved(page, "Bake bread");

    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake bread"]);
    assert(await checkbox(page, "Bake bread").isChecked());
  }));

test("a request is repeated when its response breaks off", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Water the plants");
    await page.addInitScript(breakOffFirstResponse, `${SERVICE_URL}/api/tasks?`);

    await page.reload();
    await banner(page).waitFor();

    assert.deepEqual(await taskTitles(page), ["Water the plants"]);
    await banner(page).waitFor({ state: "detached" });
  }));

/** Simulates a connection that is lost in the middle of a body. */
function breakOffFirstResponse(urlPrefix: string): void {
  const originalFetch = window.fetch;
  window.fetch = async (...request) => {
    const response = await originalFetch(...request);
    if (!response.url.startsWith(urlPrefix)) return response;
    window.fetch = originalFetch;
    const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("network error")) });
    return new Response(body, response);
  };
}

/** Passes the first request on to the service, and drops the connection before the response arrives. */
function loseFirstResponse(method: string): (route: Route) => Promise<void> {
  let isLost = false;
  return async (route) => {
    if (isLost || route.request().method() !== method) return route.fallback();
    isLost = true;
    await route.fetch();
    await route.abort("connectionreset");
  };
}

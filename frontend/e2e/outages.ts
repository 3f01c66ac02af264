import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page, Response, Route } from "playwright-core";

import { withPage } from "./browser";
import { service, SERVICE_URL, UNREACHABLE_DATABASE, waitUntil } from "./servers";
import { addForm, addTask, checkbox, fillFields, taskRow, taskTitles, waitUntilSaved } from "./task-page";
import { openAsNewUser } from "./users";

/** How far the browser's clocks may differ from each other. */
const CLOCK_MS = 50;

const banner = (page: Page) => page.getByText("The service is taking a break.");

test("a service that was away gets what was done in the meantime, once", () =>
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

test("a 503 is waited for as long as Retry-After says, and goes away by itself", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const refused: Response[] = [];
    page.on("response", (response) => {
      const ours = response.request().method() === "POST" && response.status() === 503;
      if (ours) refused.push(response);
    });

    await service.whileRunningWith({ DATABASE_URL: UNREACHABLE_DATABASE }, async () => {
      await fillFields(addForm(page), "Bake bread");
      await addForm(page).getByRole("button", { name: "Add" }).click();
      await banner(page).waitFor();
      await waitUntil(async () => refused.length > 1, "there is no second try");
    });

    await waitUntilSaved(page, "Bake bread");
    await banner(page).waitFor({ state: "detached" });
    const [first, second] = refused;
    assert(first && second);
    const wanted = Number(first.headers()["retry-after"]) * 1000;
    const { startTime, responseEnd } = first.request().timing();
    const waited = second.request().timing().startTime - (startTime + responseEnd);
    assert(wanted > 0 && waited > wanted - CLOCK_MS, `${waited} ms instead of ${wanted}`);
  }));

test("a change whose answer was lost is made once", () =>
  withPage(async (page) => {
    await openAsNewUser(page);

    await page.route(`${SERVICE_URL}/api/tasks`, lostAnswer("POST"));
    await addTask(page, "Bake bread");
    await page.route(`${SERVICE_URL}/api/tasks/*/complete`, lostAnswer("PATCH"));
    await checkbox(page, "Bake bread").check();
    await waitUntilSaved(page, "Bake bread");

    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake bread"]);
    assert(await checkbox(page, "Bake bread").isChecked());
  }));

test("an answer that breaks off is asked for again", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Water the plants");
    await page.addInitScript(breakOffFirst, `${SERVICE_URL}/api/tasks`);

    await page.reload();
    await banner(page).waitFor();

    assert.deepEqual(await taskTitles(page), ["Water the plants"]);
    await banner(page).waitFor({ state: "detached" });
  }));

/** As where a connection is lost in the middle of a body. */
function breakOffFirst(address: string): void {
  const whole = window.fetch;
  window.fetch = async (...request) => {
    const response = await whole(...request);
    if (response.url !== address) return response;
    window.fetch = whole;
    const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("network error")) });
    return new Response(body, response);
  };
}

/** Lets the first request through to the service, and cuts the line before it has answered. */
function lostAnswer(method: string): (route: Route) => Promise<void> {
  let lost = false;
  return async (route) => {
    if (lost || route.request().method() !== method) return route.fallback();
    lost = true;
    await route.fetch();
    await route.abort("connectionreset");
  };
}

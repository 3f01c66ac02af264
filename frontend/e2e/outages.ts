import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page, Route } from "playwright-core";

import { withPage } from "./browser";
import { add, box, join, kept, newTask, row, titles, type } from "./person";
import { NO_DATABASE, service, SERVICE } from "./stack";

const banner = (page: Page) => page.getByText("The service is taking a break.");

test("a service that was away gets what was done in the meantime, once", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Water the plants");

    await service.stop();
    await type(newTask(page), "Bake bread");
    await newTask(page).getByRole("button", { name: "Add" }).click();
    await box(page, "Water the plants").check();
    await banner(page).waitFor();
    await row(page, "Bake bread").and(page.locator("[aria-busy=true]")).waitFor();
    await service.start();

    await kept(page, "Bake bread");
    await kept(page, "Water the plants");
    await banner(page).waitFor({ state: "detached" });
    await page.reload();
    assert.deepEqual(await titles(page), ["Bake bread", "Water the plants"]);
    assert(await box(page, "Water the plants").isChecked());
  }));

test("a 503 is waited for as long as Retry-After says, and goes away by itself", () =>
  withPage(async (page) => {
    await join(page);
    await service.stop();
    await service.start({ DATABASE_URL: NO_DATABASE });
    const tries: number[] = [];
    const waits: number[] = [];
    page.on("response", (response) => {
      if (response.status() !== 503) return;
      tries.push(Date.now());
      waits.push(Number(response.headers()["retry-after"]));
    });

    await type(newTask(page), "Bake bread");
    await newTask(page).getByRole("button", { name: "Add" }).click();
    await banner(page).waitFor();
    await page.waitForResponse((response) => response.status() === 503);
    await service.stop();
    await service.start();

    await kept(page, "Bake bread");
    await banner(page).waitFor({ state: "detached" });
    const [first = 0, second = 0] = tries;
    assert(waits[0] && second - first >= waits[0] * 1000, `${waits[0]} s, ${second - first} ms`);
  }));

test("a change whose answer was lost is made once", () =>
  withPage(async (page) => {
    await join(page);

    await page.route(`${SERVICE}/api/tasks`, lostAnswer("POST"));
    await add(page, "Bake bread");
    await page.route(`${SERVICE}/api/tasks/*/complete`, lostAnswer("PATCH"));
    await box(page, "Bake bread").check();
    await kept(page, "Bake bread");

    await page.reload();
    assert.deepEqual(await titles(page), ["Bake bread"]);
    assert(await box(page, "Bake bread").isChecked());
  }));

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

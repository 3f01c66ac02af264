import assert from "node:assert/strict";
import { test } from "node:test";

import type { BrowserContext, Page } from "playwright-core";

import { withPage } from "./browser";
import { add, box, hold, join, kept, newTask, signIn, titles, type } from "./task-page";
import { FRONTEND, SERVICE } from "./servers";

test("a session that has ended leads to sign-in and back, and what was typed is still there", () =>
  withPage(async (page, context) => {
    const person = await join(page);
    await type(newTask(page), "Bake bread", "Rye");
    await endSession(page, context);

    await newTask(page).getByRole("button", { name: "Add" }).click();
    await page.waitForURL("**/sign-in?next=%2F&ended=1");
    await page.unrouteAll();
    await page.getByText("but what you typed is waiting for you").waitFor();
    await signIn(page, person);

    assert.equal(await newTask(page).getByLabel("Title").inputValue(), "Bake bread");
    assert.equal(await newTask(page).getByLabel("Description").inputValue(), "Rye");
    await newTask(page).getByRole("button", { name: "Add" }).click();
    await kept(page, "Bake bread");
    await page.reload();
    assert.deepEqual(await titles(page), ["Bake bread"]);
    assert.equal((await context.cookies()).every(({ httpOnly }) => httpOnly), true);
  }));

test("a tick that an ended session has refused is not said to be kept", () =>
  withPage(async (page, context) => {
    const person = await join(page);
    await add(page, "Bake bread");
    await endSession(page, context);

    await box(page, "Bake bread").click();
    await page.waitForURL("**/sign-in?*");
    await page.unrouteAll();
    await page.getByText("Your session has ended. Your last change may not have been made.").waitFor();
    await signIn(page, person);
    await kept(page, "Bake bread");

    assert.equal(await box(page, "Bake bread").isChecked(), false);
  }));

test("several tasks that one ended session has refused come back, all of them", () =>
  withPage(async (page, context) => {
    const person = await join(page);
    await endSession(page, context);
    const release = await hold(page, "POST", `${SERVICE}/api/tasks`);

    for (const title of ["Water the plants", "Bake bread", "Write to Grace"]) {
      await type(newTask(page), title);
      await newTask(page).getByRole("button", { name: "Add" }).click();
    }
    release();
    await page.waitForURL("**/sign-in?*");
    await page.unrouteAll();
    await signIn(page, person);
    await page.getByRole("region", { name: "Not added" }).nth(1).waitFor();

    for (let left = 3; left > 0; left -= 1) {
      const title = await newTask(page).getByLabel("Title").inputValue();
      await newTask(page).getByRole("button", { name: "Add" }).click();
      await kept(page, title);
      if (left > 1) await page.getByRole("region", { name: "Not added" }).first().getByRole("button", { name: "Edit" }).click();
    }
    await page.reload();
    assert.deepEqual((await titles(page)).sort(), ["Bake bread", "Water the plants", "Write to Grace"]);
    assert.equal(await page.getByRole("region", { name: "Not added" }).count(), 0);
  }));

test("only a session that has ended is said to have ended", () =>
  withPage(async (page) => {
    await page.goto("/sign-in?next=%2F");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();

    assert.equal(await page.getByText("Your session has ended").count(), 0);
  }));

test("sign-in leads back to a page of ours, and nowhere else", () =>
  withPage(async (page, context) => {
    const person = await join(page);

    for (const next of ["//evil.invalid", "/.//evil.invalid/x", "/a/..//evil.invalid", "https://evil.invalid"]) {
      await context.clearCookies();
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await signIn(page, person, /^(?!.*sign-in)/);

      assert.equal(new URL(page.url()).origin, FRONTEND, next);
    }
  }));

/** The session's cookie goes, and with the next change the service refuses the token. */
async function endSession(page: Page, context: BrowserContext): Promise<void> {
  await context.clearCookies();
  await page.route(`${SERVICE}/api/tasks{,/**}`, async (route) => {
    const headers = { ...route.request().headers(), authorization: "Bearer of.an.old-token" };
    await route.continue(route.request().method() !== "GET" ? { headers } : {});
  });
}

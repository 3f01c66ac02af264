import assert from "node:assert/strict";
import { test } from "node:test";

import type { BrowserContext, Page } from "playwright-core";

import { withPage } from "./browser";
import { holdRequests } from "./requests";
import { FRONTEND_URL, SERVICE_URL } from "./servers";
import { addForm, addTask, checkbox, fillFields, taskTitles, waitUntilSaved } from "./task-page";
import { openAsNewUser, signIn } from "./users";

test("an ended session leads to sign-in and back, and no draft is lost", () =>
  withPage(async (page, context) => {
    const user = await openAsNewUser(page);
    await fillFields(addForm(page), "Bake bread", "Rye");
    await endSession(page, context);

    await addForm(page).getByRole("button", { name: "Add" }).click();
    await page.waitForURL("**/sign-in?next=%2F&ended=1");
    await page.unrouteAll();
    await page.getByText("but what you typed is waiting for you").waitFor();
    await signIn(page, user);

    assert.equal(await addForm(page).getByLabel("Title").inputValue(), "Bake bread");
    assert.equal(await addForm(page).getByLabel("Description").inputValue(), "Rye");
    await addForm(page).getByRole("button", { name: "Add" }).click();
    await waitUntilSaved(page, "Bake bread");
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake bread"]);
    assert.equal((await context.cookies()).every(({ httpOnly }) => httpOnly), true);
  }));

test("a completion that fails because the session has ended is undone", () =>
  withPage(async (page, context) => {
    const user = await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await endSession(page, context);

    await checkbox(page, "Bake bread").click();
    await page.waitForURL("**/sign-in?*");
    await page.unrouteAll();
    await page.getByText("Your session has ended. Your last change may not have been made.").waitFor();
    await signIn(page, user);
    await waitUntilSaved(page, "Bake bread");

    assert.equal(await checkbox(page, "Bake bread").isChecked(), false);
  }));

test("all tasks come back that fail because the session has ended", () =>
  withPage(async (page, context) => {
    const user = await openAsNewUser(page);
    await endSession(page, context);
    const release = await holdRequests(page, "POST", `${SERVICE_URL}/api/tasks`);

    for (const title of ["Water the plants", "Bake bread", "Write to Grace"]) {
      await fillFields(addForm(page), title);
      await addForm(page).getByRole("button", { name: "Add" }).click();
    }
    release();
    await page.waitForURL("**/sign-in?*");
    await page.unrouteAll();
    await signIn(page, user);
    await page.getByRole("region", { name: "Not added" }).nth(1).waitFor();

    for (let remaining = 3; remaining > 0; remaining -= 1) {
      const title = await addForm(page).getByLabel("Title").inputValue();
      await addForm(page).getByRole("button", { name: "Add" }).click();
      await waitUntilSaved(page, title);
      if (remaining > 1) await page.getByRole("region", { name: "Not added" }).first().getByRole("button", { name: "Edit" }).click();
    }
    await page.reload();
    assert.deepEqual((await taskTitles(page)).sort(), ["Bake bread", "Water the plants", "Write to Grace"]);
    assert.equal(await page.getByRole("region", { name: "Not added" }).count(), 0);
  }));

test("the sign-in page mentions an ended session only if there was one", () =>
  withPage(async (page) => {
    await page.goto("/sign-in?next=%2F");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();

    assert.equal(await page.getByText("Your session has ended").count(), 0);
  }));

test("signing in never leads to another site", () =>
  withPage(async (page, context) => {
    const user = await openAsNewUser(page);

    for (const next of ["//evil.invalid", "/.//evil.invalid/x", "/a/..//evil.invalid", "https://evil.invalid"]) {
      await context.clearCookies();
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await signIn(page, user, /^(?!.*sign-in)/);

      assert.equal(new URL(page.url()).origin, FRONTEND_URL, next);
    }
  }));

/** Removes the session cookie, and makes the service reject the token of the next change. */
async function endSession(page: Page, context: BrowserContext): Promise<void> {
  await context.clearCookies();
  await page.route(`${SERVICE_URL}/api/tasks{,/**}`, async (route) => {
    const headers = { ...route.request().headers(), authorization: "Bearer of.an.old-token" };
    await route.continue(route.request().method() !== "GET" ? { headers } : {});
  });
}

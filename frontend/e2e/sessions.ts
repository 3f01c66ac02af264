import assert from "node:assert/strict";
import { test } from "node:test";

import type { BrowserContext, Page } from "playwright-core";

import { withPage } from "./browser";
import { callApi, holdRequests } from "./requests";
import { FRONTEND_URL, SERVICE_URL } from "./servers";
import { addForm, addTask, checkbox, deleteTask, fillFields, taskTitles, waitUntilSaved } from "./task-page";
import { newUser, openAsNewUser, signIn } from "./users";

test("an ended session leads to sign-in and back, and no draft is lost", () =>
  withPage(async (page, context) => {
    const user = await openAsNewUser(page);
    await addTask(page, "Water the plants");
    await fillFields(addForm(page), "Bake bread", "Rye");
    await endSession(page, context);

    await checkbox(page, "Water the plants").click();
    await page.waitForURL("**/sign-in?next=%2F&ended=1");
    await page.unrouteAll();
    await page.getByText("what you typed is waiting for you").waitFor();
    await signIn(page, user);

    assert.equal(await addForm(page).getByLabel("Title").inputValue(), "Bake bread");
    assert.equal(await addForm(page).getByLabel("Description").inputValue(), "Rye");
    await addForm(page).getByRole("button", { name: "Add" }).click();
    await waitUntilSaved(page, "Bake bread");
    await waitUntilSaved(page, "Water the plants");
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake bread", "Water the plants"]);
    assert(await checkbox(page, "Water the plants").isChecked(), "the change is made after signing in");
    assert.equal(
      (await context.cookies()).every(({ httpOnly }) => httpOnly),
      true,
    );
  }));

test("what was done after the session had ended is sent after signing in, once and in its order", () =>
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
    await page.getByText("Your session has ended. What you did is kept").waitFor();
    await signIn(page, user);
    for (const title of ["Water the plants", "Bake bread", "Write to Grace"]) await waitUntilSaved(page, title);
    await page.reload();

    assert.deepEqual(await taskTitles(page), ["Write to Grace", "Bake bread", "Water the plants"]);
    assert.equal(await addForm(page).getByLabel("Title").inputValue(), "");
  }));

test("another user who signs in gets nothing of what the one before has left", () =>
  withPage((elsewhere) =>
    withPage(async (page, context) => {
      const grace = await openAsNewUser(elsewhere, newUser("Grace"));
      await openAsNewUser(page);
      await endSession(page, context);
      await fillFields(addForm(page), "A secret of Ada's");
      await addForm(page).getByRole("button", { name: "Add" }).click();
      await page.waitForURL("**/sign-in?*");
      await page.unrouteAll();

      await signIn(page, grace);
      await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
      await page.waitForTimeout(500);

      assert.equal(await page.getByText("A secret of Ada's").count(), 0);
      assert.deepEqual((await callApi(page, "GET", "/api/tasks")).body, { data: [] });
    }),
  ));

test("a session that is revoked ends within a minute", () =>
  withPage(async (page, context) => {
    await page.clock.install();
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await context.clearCookies();

    await page.clock.runFor(56_000);

    await page.waitForURL("**/sign-in?*");
  }));

test("signing out in one tab ends the others", () =>
  withPage(async (page, context) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const other = await context.newPage();
    await other.goto("/");
    await checkbox(other, "Bake bread").waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();

    await other.waitForURL("**/sign-in");
  }));

test("what one tab saves appears in the others, without a request", () =>
  withPage(async (page, context) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const other = await context.newPage();
    await other.goto("/");
    await waitUntilSaved(other, "Bake bread");
    await other.waitForTimeout(500);
    let requests = 0;
    other.on("request", (request) => {
      requests += Number(request.url().startsWith(SERVICE_URL));
    });

    await addTask(page, "Write to Grace");
    await checkbox(page, "Bake bread").check();
    await waitUntilSaved(page, "Bake bread");
    await deleteTask(page, "Write to Grace");

    await other.getByText("0 open · 1 done").waitFor();
    assert.deepEqual(await taskTitles(other), ["Bake bread"]);
    assert.equal(requests, 0);
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

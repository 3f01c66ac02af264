import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { FRONTEND_URL, SERVICE_URL, service, waitUntil } from "./servers";
import {
  addTask,
  checkbox,
  deleteButton,
  editButton,
  editForm,
  fillFields,
  taskTitles,
  waitUntilSaved,
} from "./task-page";
import { openAsNewUser, signIn, signUp } from "./users";

test("every button does what it says, and what it did outlives a reload and a restart", () =>
  withPage(async (page) => {
    await signUp(page);
    await addTask(page, "Water the plants");
    await addTask(page, "Bake bread", "Rye");
    await addTask(page, "Write to Grace");

    await editButton(page, "Bake bread").click();
    await fillFields(editForm(page), "Bake two loaves", "Rye,\nand caraway");
    await editForm(page).getByRole("button", { name: "Save" }).click();
    await waitUntilSaved(page, "Bake two loaves");
    await checkbox(page, "Water the plants").check();
    await checkbox(page, "Write to Grace").check();
    await waitUntilSaved(page, "Write to Grace");
    await checkbox(page, "Write to Grace").uncheck();
    await waitUntilSaved(page, "Write to Grace");
    await page.getByText("2 open · 1 done").waitFor();
    await addTask(page, "Call the dentist");
    await deleteButton(page, "Call the dentist").click();
    await page.getByRole("button", { name: "Undo" }).click();
    await deleteButton(page, "Call the dentist").waitFor();
    const deleted = page.waitForResponse((response) => response.request().method() === "DELETE");
    await deleteButton(page, "Call the dentist").click();
    assert.equal((await deleted).status(), 204);

    const assertTasks = async () => {
      assert.deepEqual(await taskTitles(page), ["Write to Grace", "Bake two loaves", "Water the plants"]);
      assert(await checkbox(page, "Water the plants").isChecked());
      assert(!(await checkbox(page, "Write to Grace").isChecked()));
      await page.getByText("and caraway").waitFor();
    };
    await assertTasks();
    await page.reload();
    await assertTasks();
    await service.whileStopped(async () => undefined);
    await page.reload();
    await assertTasks();
  }));

test("signing out ends the session, and the tasks are there after signing in again", () =>
  withPage(async (page) => {
    const user = await openAsNewUser(page);
    await addTask(page, "Water the plants");

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/sign-in");
    await page.goto("/");
    assert.equal(page.url(), `${FRONTEND_URL}/sign-in`);
    await signIn(page, user);

    assert.deepEqual(await taskTitles(page), ["Water the plants"]);
  }));

test("a wrong password shows an error message", () =>
  withPage(async (page) => {
    const user = await openAsNewUser(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").fill(user.email);
    await page.getByLabel("Password").fill("not this one");

    await page.getByRole("button", { name: "Sign in" }).click();

    await page.getByRole("alert").getByText("Invalid email or password").waitFor();
  }));

test("everything works with the keyboard alone", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const press = (key: string) => page.keyboard.press(key);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    const isInNewTitle = () => page.evaluate(() => document.activeElement?.id === "new-title");

    assert(await isInNewTitle(), "the focus is in the field on load");
    await page.keyboard.type("Bake bread");
    await press("Enter");
    await waitUntilSaved(page, "Bake bread");
    assert(await isInNewTitle());
    await checkbox(page, "Bake bread").focus();
    await press("Space");
    await page.getByText("0 open · 1 done").waitFor();
    assert.equal(await focused(), "Done: Bake bread", "the focus follows the task to the done ones");
    await press("ArrowRight");
    assert.equal(await focused(), "Edit “Bake bread”");
    await press("Enter");
    await page.keyboard.type("!");
    await press("Escape");
    assert.equal(await focused(), "Done: Bake bread");
    await press("ArrowRight");
    await press("Enter");
    await press("Tab");
    await page.keyboard.type("Rye");
    await press("Control+Enter");
    await page.getByText("Rye").waitFor();
    await waitUntilSaved(page, "Bake bread");
    assert.equal(await focused(), "Done: Bake bread");
    await press("ArrowRight");
    await press("ArrowRight");
    assert.equal(await focused(), "Delete “Bake bread”");
    await press("Enter");

    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
    assert(await isInNewTitle());
  }));

test("changes of one task in quick succession are saved in their order", () =>
  withPage(async (page) => {
    const statuses: number[] = [];
    page.on("response", (response) => {
      if (response.request().method() === "PATCH") statuses.push(response.status());
    });
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await page.route(`${SERVICE_URL}/api/tasks/*/complete`, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300)); // Simulates a slow network.
      await route.continue();
    });

    await checkbox(page, "Bake bread").click();
    await checkbox(page, "Bake bread").click();
    await waitUntil(async () => statuses.length === 2, "the service has not responded to both changes");
    await page.reload();
    await waitUntilSaved(page, "Bake bread");

    assert.deepEqual(statuses, [200, 200]);
    assert.equal(await checkbox(page, "Bake bread").isChecked(), false);
  }));

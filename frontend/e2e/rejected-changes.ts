import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { withPage } from "./browser";
import { insertTasks } from "./insert-tasks";
import { SERVICE_URL, service } from "./servers";
import {
  addForm,
  addTask,
  checkbox,
  deleteTask,
  editButton,
  editForm,
  fillFields,
  taskRow,
  taskTitles,
  waitUntilSaved,
} from "./task-page";
import { openAsNewUser } from "./users";

const MIB = 2 ** 20;

test("a validation error is shown at its field, with the message of the contract", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const title = addForm(page).getByLabel("Title");

    await addForm(page).getByRole("button", { name: "Add" }).click();
    await addForm(page).getByText("Title is required").waitFor();
    assert.equal(await title.getAttribute("aria-invalid"), "true");
    await fillFields(addForm(page), "a".repeat(501), "and its description");
    await title.press("Enter");
    await addForm(page).getByText("Title must be 500 characters or less").waitFor();

    assert.equal(await title.inputValue(), "a".repeat(501));
    assert.equal(await addForm(page).getByLabel("Description").inputValue(), "and its description");
    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
  }));

test("a rejected edit is undone, and the editor opens again with its text", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await editButton(page, "Bake bread").click();
    await fillFields(editForm(page), " ", "Rye");

    await editForm(page).getByLabel("Title").press("Enter");
    await editForm(page).getByText("Title is required").waitFor();
    assert.equal(await editForm(page).getByLabel("Description").inputValue(), "Rye");
    await editForm(page).getByLabel("Title").press("Escape");

    assert.deepEqual(await taskTitles(page), ["Bake bread"]);
  }));

test("at the limit of tasks, the form keeps the draft and shows why, and a deletion makes room", () =>
  service.whileRunningWith({ MAX_TASKS_PER_USER: "2" }, () =>
    withPage(async (page) => {
      await openAsNewUser(page);
      for (const title of ["Bake bread", "Water the plants"]) await addTask(page, title);
      const attempts = countRequests(page, "POST");
      const refusal = addForm(page).getByText("You have as many tasks as you may keep. Delete some, then try again.");
      const add = addForm(page).getByRole("button", { name: "Add" });

      await fillFields(addForm(page), "Write to Grace", "By hand");
      await add.click();
      await refusal.waitFor();
      await page.waitForTimeout(1500); // Longer than the first delay of a repeated request.
      assert.equal(attempts(), 1);
      assert.equal(await page.getByText("was not added").count(), 0);
      assert.deepEqual(await taskTitles(page), ["Water the plants", "Bake bread"]);
      await page.reload();
      assert.equal(await addForm(page).getByLabel("Title").inputValue(), "Write to Grace");
      assert.equal(await addForm(page).getByLabel("Description").inputValue(), "By hand");
      const deleted = page.waitForResponse((response) => response.request().method() === "DELETE");
      await deleteTask(page, "Bake bread");
      await deleted;
      await add.click();

      await waitUntilSaved(page, "Write to Grace");
      assert.equal(await refusal.count(), 0);
      assert.equal(await addForm(page).getByLabel("Title").inputValue(), "");
    }),
  ));

test("at the limit of text, the editor opens again with its text and shows why", () =>
  service.whileRunningWith({ MAX_TEXT_PER_USER: String(MIB) }, () =>
    withPage(async (page) => {
      await openAsNewUser(page);
      await insertTasks(page, Math.floor(MIB / 5000), "a".repeat(4990));
      await page.reload();
      await addTask(page, "Bake bread");
      const attempts = countRequests(page, "PUT");
      const refusal = editForm(page).getByText("Your tasks have as much text as you may keep.");
      await editButton(page, "Bake bread").click();

      await fillFields(editForm(page), "Bake bread", "Rye ".repeat(1200));
      await editForm(page).getByLabel("Title").press("Enter");
      await refusal.waitFor();
      assert.equal(await editForm(page).getByLabel("Description").inputValue(), "Rye ".repeat(1200));
      assert.equal(await page.getByText("was not changed").count(), 0);
      assert.equal(attempts(), 1);
      await fillFields(editForm(page), "Bake bread", "Rye");
      await editForm(page).getByLabel("Title").press("Enter");

      await waitUntilSaved(page, "Bake bread");
      assert.equal(await refusal.count(), 0);
      assert.equal(attempts(), 2);
    }),
  ));

test("a failed deletion is undone and reported", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await failRequests(page, "DELETE");

    await deleteTask(page, "Bake bread");

    const message = /“.Bake bread.” was not deleted: Something went wrong on our side/;
    await page.getByRole("alert").getByText(message).waitFor();
    await taskRow(page, "Bake bread").waitFor();
  }));

test("a failed completion is undone and reported", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await failRequests(page, "PATCH");

    await checkbox(page, "Bake bread").click();

    const message = /“.Bake bread.” was not completed: Something went wrong on our side/;
    await page.getByRole("alert").getByText(message).waitFor();
    assert.equal(await checkbox(page, "Bake bread").isChecked(), false);
    await page.getByText("1 open").waitFor();
  }));

/** Returns a function that returns how many requests of this method the service has got since. */
function countRequests(page: Page, method: string): () => number {
  let count = 0;
  page.on("request", (request) => {
    count += Number(request.method() === method && request.url().startsWith(SERVICE_URL));
  });
  return () => count;
}

/** Responds with a 500, because a request is repeated after a 503. */
async function failRequests(page: Page, method: string): Promise<void> {
  await page.route(`${SERVICE_URL}/api/tasks/**`, (route) =>
    route.request().method() !== method
      ? route.fallback()
      : route.fulfill({
          status: 500,
          headers: { "Access-Control-Allow-Origin": "*" },
          json: { error: { code: "INTERNAL_ERROR", message: "Something went wrong on our side" } },
        }),
  );
}

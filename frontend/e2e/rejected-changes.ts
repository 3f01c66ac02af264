import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { withPage } from "./browser";
import { SERVICE_URL } from "./servers";
import {
  addForm,
  addTask,
  checkbox,
  deleteButton,
  editButton,
  editForm,
  fillFields,
  taskRow,
  taskTitles,
} from "./task-page";
import { openAsNewUser } from "./users";

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

test("a failed deletion is undone and reported", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await failRequests(page, "DELETE");

    await deleteButton(page, "Bake bread").click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();

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

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

test("a violation is shown at its field, in the words of the contract", () =>
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

test("an edit that is refused is taken back, and can be mended where it was typed", () =>
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

test("a deletion that fails is taken back and said", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await refuse(page, "DELETE");

    await deleteButton(page, "Bake bread").click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();

    const said = /“.Bake bread.” was not deleted: Something went wrong on our side/;
    await page.getByRole("alert").getByText(said).waitFor();
    await taskRow(page, "Bake bread").waitFor();
  }));

test("a tick that is refused is taken back and said", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await refuse(page, "PATCH");

    await checkbox(page, "Bake bread").click();

    const said = /“.Bake bread.” was not completed: Something went wrong on our side/;
    await page.getByRole("alert").getByText(said).waitFor();
    assert.equal(await checkbox(page, "Bake bread").isChecked(), false);
    await page.getByText("1 open").waitFor();
  }));

/** Not with a 503, after which a request is made again. */
async function refuse(page: Page, method: string): Promise<void> {
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

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { withPage } from "./browser";
import { add, bin, box, editor, join, newTask, row, titles, type, words } from "./task-page";
import { SERVICE } from "./servers";

test("a violation is shown at its field, in the words of the contract", () =>
  withPage(async (page) => {
    await join(page);
    const title = newTask(page).getByLabel("Title");

    await newTask(page).getByRole("button", { name: "Add" }).click();
    await newTask(page).getByText("Title is required").waitFor();
    assert.equal(await title.getAttribute("aria-invalid"), "true");
    await type(newTask(page), "a".repeat(501), "and its description");
    await title.press("Enter");
    await newTask(page).getByText("Title must be 500 characters or less").waitFor();

    assert.equal(await title.inputValue(), "a".repeat(501));
    assert.equal(await newTask(page).getByLabel("Description").inputValue(), "and its description");
    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
  }));

test("an edit that is refused is taken back, and can be mended where it was typed", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Bake bread");
    await words(page, "Bake bread").click();
    await type(editor(page), " ", "Rye");

    await editor(page).getByLabel("Title").press("Enter");
    await editor(page).getByText("Title is required").waitFor();
    assert.equal(await editor(page).getByLabel("Description").inputValue(), "Rye");
    await editor(page).getByLabel("Title").press("Escape");

    assert.deepEqual(await titles(page), ["Bake bread"]);
  }));

test("a deletion that fails is taken back and said", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Bake bread");
    await refuse(page, "DELETE");

    await bin(page, "Bake bread").click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();

    const said = /“.Bake bread.” was not deleted: Something went wrong on our side/;
    await page.getByRole("alert").getByText(said).waitFor();
    await row(page, "Bake bread").waitFor();
  }));

test("a tick that is refused is taken back and said", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Bake bread");
    await refuse(page, "PATCH");

    await box(page, "Bake bread").click();

    const said = /“.Bake bread.” was not completed: Something went wrong on our side/;
    await page.getByRole("alert").getByText(said).waitFor();
    assert.equal(await box(page, "Bake bread").isChecked(), false);
    await page.getByText("1 open").waitFor();
  }));

/** Not with a 503, after which a request is made again. */
async function refuse(page: Page, method: string): Promise<void> {
  await page.route(`${SERVICE}/api/tasks/**`, (route) =>
    route.request().method() !== method
      ? route.fallback()
      : route.fulfill({
          status: 500,
          headers: { "Access-Control-Allow-Origin": "*" },
          json: { error: { code: "INTERNAL_ERROR", message: "Something went wrong on our side" } },
        }),
  );
}

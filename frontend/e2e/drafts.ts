import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { withPage } from "./browser";
import { holdRequests } from "./requests";
import { SERVICE_URL, service } from "./servers";
import { addForm, addTask, checkbox, editButton, editForm, fillFields, taskTitles, waitUntilSaved } from "./task-page";
import { openAsNewUser } from "./users";

const addButton = (page: Page) => addForm(page).getByRole("button", { name: "Add" });
const titleField = (page: Page) => addForm(page).getByLabel("Title");
const notAdded = (page: Page) => page.getByRole("region", { name: "Not added" });

test("a task that is rejected while the user types the next one is listed with the reason", () =>
  withPage(async (page) => {
    const tooLong = `Bake ${"very ".repeat(100)}good bread`;
    await openAsNewUser(page);
    const release = await holdRequests(page, "POST", `${SERVICE_URL}/api/tasks`);

    await fillFields(addForm(page), tooLong, "Rye");
    await addButton(page).click();
    await titleField(page).pressSequentially("Water the");
    release();
    await notAdded(page).getByText("Title must be 500 characters or less").waitFor();
    assert.equal(await titleField(page).inputValue(), "Water the");
    assert.equal(await addForm(page).getByText("Title must be").count(), 0);
    await page.reload();
    await notAdded(page).getByText("Title must be 500 characters or less").waitFor();
    await notAdded(page).getByRole("button", { name: "Edit" }).click();

    assert.equal(await titleField(page).inputValue(), tooLong);
    assert.equal(await addForm(page).getByLabel("Description").inputValue(), "Rye");
    await titleField(page).fill("Bake good bread");
    await addButton(page).click();
    await waitUntilSaved(page, "Bake good bread");
    await notAdded(page).getByText("Water the").waitFor();
    await notAdded(page).getByRole("button", { name: "Discard" }).click();
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake good bread"]);
    assert.equal(await notAdded(page).count(), 0);
  }));

test("a double click adds one task and shows no error", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const release = await holdRequests(page, "POST", `${SERVICE_URL}/api/tasks`);
    let sent = 0;
    page.on(
      "request",
      (request) => (sent += Number(request.method() === "POST" && request.url().startsWith(SERVICE_URL))),
    );

    await titleField(page).fill("Bake bread");
    await addButton(page).dblclick();
    release();
    await waitUntilSaved(page, "Bake bread");
    await page.waitForTimeout(700);

    assert.equal(await addForm(page).getByText("Title is required").count(), 0);
    assert.equal(sent, 1);
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake bread"]);
    assert.equal(await notAdded(page).count(), 0);
  }));

test("drafts survive a reload, and a second one", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Water the plants");
    await fillFields(addForm(page), "Bake bread", "Rye");
    await editButton(page, "Water the plants").click();
    await fillFields(editForm(page), "Water the garden");

    for (let times = 0; times < 2; times += 1) {
      await page.reload();
      await editForm(page).waitFor();

      assert.equal(await titleField(page).inputValue(), "Bake bread");
      assert.equal(await addForm(page).getByLabel("Description").inputValue(), "Rye");
      assert.equal(await editForm(page).getByLabel("Title").inputValue(), "Water the garden");
    }
  }));

test("the same error is announced each time", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const announcements = () => page.evaluate(() => (window as unknown as { announced: number }).announced);
    await page.evaluate(() => {
      const counter = window as unknown as { announced: number };
      counter.announced = 0;
      const alert = document.getElementById("new-title-error") as HTMLElement;
      const count = () => {
        counter.announced += Number(alert.textContent !== "");
      };
      new MutationObserver(count).observe(alert, { childList: true, characterData: true, subtree: true });
    });

    for (const times of [1, 2]) {
      await addButton(page).click();
      await addForm(page).getByText("Title is required").waitFor();
      await page.waitForTimeout(700); // Longer than a double click.
      assert.equal(await announcements(), times);
    }
  }));

test("signing out during an outage asks before anything is lost", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Water the plants");
    const dialog = page.getByRole("dialog", { name: "Sign out anyway?" });

    await service.whileStopped(async () => {
      await checkbox(page, "Water the plants").check();
      await page.getByText("The service is taking a break.").waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await dialog.getByRole("button", { name: "Stay" }).click();
    });
    await waitUntilSaved(page, "Water the plants");
    await titleField(page).fill("Bake bread");
    await page.getByRole("button", { name: "Sign out" }).click();
    await dialog.getByRole("button", { name: "Sign out and lose it" }).click();

    await page.waitForURL("**/sign-in");
  }));

test("Escape during composition does not cancel an edit", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await editButton(page, "Bake bread").click();
    await fillFields(editForm(page), "パンを焼く");
    const press = (isComposing: boolean) =>
      editForm(page).getByLabel("Title").dispatchEvent("keydown", { key: "Escape", bubbles: true, isComposing });

    await press(true);
    assert.equal(await editForm(page).getByLabel("Title").inputValue(), "パンを焼く");
    await press(false);

    await editButton(page, "Bake bread").waitFor();
  }));

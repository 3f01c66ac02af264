import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { editConcurrently } from "./concurrent-edit";
import { callApi, holdRequests, refetchList } from "./requests";
import { SERVICE_URL } from "./servers";
import {
  addForm,
  addTask,
  checkbox,
  deleteButton,
  editButton,
  editForm,
  fillFields,
  sendHeldChanges,
  taskId,
  taskTitles,
  waitUntilSaved,
} from "./task-page";
import { openAsNewUser } from "./users";

for (const { choice, outcome } of [
  { choice: "Keep mine", outcome: "Bake two loaves" },
  { choice: "Take theirs", outcome: "Buy bread" },
]) {
  test(`the conflict dialog shows both versions and saves the chosen one: ${choice.toLowerCase()}`, () =>
    withPage(async (page) => {
      const preconditionFailed = page.waitForResponse((response) => response.status() === 412);
      await editConcurrently(page, (path) => callApi(page, "PUT", path, { title: "Buy bread" }));
      await preconditionFailed;
      const dialog = page.getByRole("dialog", { name: "Two versions of one task" });
      await dialog.getByRole("region", { name: "Yours" }).getByText("Bake two loaves").waitFor();
      await dialog.getByRole("region", { name: "Theirs" }).getByText("Buy bread").waitFor();

      await dialog.getByRole("button", { name: choice }).click();

      await waitUntilSaved(page, outcome);
      await page.reload();
      assert.deepEqual(await taskTitles(page), [outcome]);
    }));
}

test("completing a task elsewhere does not conflict with an edit", () =>
  withPage(async (page) => {
    await editConcurrently(page, (path) => callApi(page, "PATCH", `${path}/complete`));

    await waitUntilSaved(page, "Bake two loaves");

    assert(await checkbox(page, "Bake two loaves").isChecked());
  }));

test("an edit that is rejected after the user has chosen it is not lost", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const path = `/api/tasks/${await taskId(page, "Bake bread")}`;
    await editButton(page, "Bake bread").click();
    await fillFields(editForm(page), "a".repeat(501));
    await callApi(page, "PUT", path, { title: "Buy bread" });
    await refetchList(page);
    // Until the page knows of it, the service would refuse the text before the version.
    await page.getByRole("form", { name: "Edit “Buy bread”" }).waitFor();
    await editForm(page).getByRole("button", { name: "Save" }).click();

    await page.getByRole("button", { name: "Keep mine" }).click();
    await editForm(page).getByText("Title must be 500 characters or less").waitFor();

    assert.equal(await editForm(page).getByLabel("Title").inputValue(), "a".repeat(501));
  }));

test("an edit that begins while the choice is being saved is not lost", () =>
  withPage(async (page) => {
    await editConcurrently(page, (path) => callApi(page, "PUT", path, { title: "Buy bread" }));
    await page.getByRole("dialog").waitFor();
    const release = await holdRequests(page, "PUT", `${SERVICE_URL}/api/tasks/*`);

    await page.getByRole("button", { name: "Keep mine" }).click();
    await editButton(page, "Bake two loaves").click();
    await fillFields(editForm(page), "Bake three loaves");
    release();
    await page.locator("[data-task][aria-busy=false]").waitFor();
    await page.reload();

    assert.equal(await editForm(page).getByLabel("Title").inputValue(), "Bake three loaves");
  }));

test("Escape does not close the conflict dialog", () =>
  withPage(async (page) => {
    await editConcurrently(page, (path) => callApi(page, "PUT", path, { title: "Buy bread" }));
    const dialog = page.getByRole("dialog", { name: "Two versions of one task" });
    await dialog.waitFor();

    for (let times = 0; times < 3; times += 1) {
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => document.activeElement?.matches("dialog[open]"));
    }
    await page.keyboard.press("Enter");
    await dialog.getByText("Bake two loaves").waitFor();
    await dialog.getByRole("button", { name: "Keep mine" }).click();

    await waitUntilSaved(page, "Bake two loaves");
  }));

test("deleting a task that was changed elsewhere asks first", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const path = `/api/tasks/${await taskId(page, "Bake bread")}`;
    await callApi(page, "PUT", path, { title: "Bake bread for Grace" });

    await deleteButton(page, "Bake bread").click();
    await sendHeldChanges(page);
    const dialog = page.getByRole("dialog", { name: "Delete it anyway?" });
    await dialog.getByText("Bake bread for Grace").waitFor();
    await dialog.getByRole("button", { name: "Keep it" }).click();

    assert.deepEqual(await taskTitles(page), ["Bake bread for Grace"]);
    await addForm(page).waitFor();
  }));

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
  taskId,
  taskTitles,
  waitUntilSaved,
} from "./task-page";
import { openAsNewUser } from "./users";

for (const { choice, outcome } of [
  { choice: "Keep mine", outcome: "Bake two loaves" },
  { choice: "Take theirs", outcome: "Buy bread" },
]) {
  test(`two versions of one task are shown beside each other: ${choice.toLowerCase()}`, () =>
    withPage(async (page) => {
      const refused = page.waitForResponse((response) => response.status() === 412);
      await editConcurrently(page, (path) => callApi(page, "PUT", path, { title: "Buy bread" }));
      await refused;
      const dialog = page.getByRole("dialog", { name: "Two versions of one task" });
      await dialog.getByRole("region", { name: "Yours" }).getByText("Bake two loaves").waitFor();
      await dialog.getByRole("region", { name: "Theirs" }).getByText("Buy bread").waitFor();

      await dialog.getByRole("button", { name: choice }).click();

      await waitUntilSaved(page, outcome);
      await page.reload();
      assert.deepEqual(await taskTitles(page), [outcome]);
    }));
}

test("a task that was only completed elsewhere is no conflict with new words", () =>
  withPage(async (page) => {
    await editConcurrently(page, (path) => callApi(page, "PATCH", `${path}/complete`));

    await waitUntilSaved(page, "Bake two loaves");

    assert(await checkbox(page, "Bake two loaves").isChecked());
  }));

test("words that are refused after they were chosen are not lost", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const path = `/api/tasks/${await taskId(page, "Bake bread")}`;
    await editButton(page, "Bake bread").click();
    await fillFields(editForm(page), "a".repeat(501));
    await callApi(page, "PUT", path, { title: "Buy bread" });
    await refetchList(page);
    await editForm(page).getByRole("button", { name: "Save" }).click();

    await page.getByRole("button", { name: "Keep mine" }).click();
    await page.getByRole("alert").getByText("was not changed: Title must be 500 characters or less").waitFor();
    await editButton(page, "Buy bread").click();

    assert.equal(await editForm(page).getByLabel("Title").inputValue(), "a".repeat(501));
  }));

test("words that follow a decision which is on its way are not lost", () =>
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

test("Escape chooses neither of two versions", () =>
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

test("what has changed since it was seen is not deleted unseen", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const path = `/api/tasks/${await taskId(page, "Bake bread")}`;
    await callApi(page, "PUT", path, { title: "Bake bread for Grace" });

    await deleteButton(page, "Bake bread").click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Delete it all the same?" });
    await dialog.getByText("Bake bread for Grace").waitFor();
    await dialog.getByRole("button", { name: "Keep it" }).click();

    assert.deepEqual(await taskTitles(page), ["Bake bread for Grace"]);
    await addForm(page).waitFor();
  }));

import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { editConcurrently } from "./concurrent-edit";
import { callApi, holdRequests, refetchList } from "./requests";
import { SERVICE_URL, waitUntil } from "./servers";
import { addTask, checkbox, editButton, editForm, fillFields, taskId, taskTitles, waitUntilSaved } from "./task-page";
import { openAsNewUser } from "./users";

test("an edit of a task that was deleted elsewhere is not lost", () =>
  withPage(async (page) => {
    await editConcurrently(page, (path) => callApi(page, "DELETE", path));

    await page.getByRole("button", { name: "Add mine as a new task" }).click();

    await waitUntilSaved(page, "Bake two loaves");
    assert.deepEqual(await taskTitles(page), ["Bake two loaves"]);
  }));

test("an edit is not lost when its task is deleted elsewhere in the meantime", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await addTask(page, "Water the plants");
    const path = `/api/tasks/${await taskId(page, "Bake bread")}`;
    await editButton(page, "Bake bread").click();
    await fillFields(editForm(page), "Bake two loaves", "Rye");

    await callApi(page, "DELETE", path);
    await refetchList(page);
    const dialog = page.getByRole("dialog", { name: "The task is gone" });
    await dialog.getByText("Bake two loaves").waitFor();
    await page.reload();
    await dialog.getByText("Bake two loaves").waitFor();
    await dialog.getByRole("button", { name: "Add mine as a new task" }).click();

    await waitUntilSaved(page, "Bake two loaves");
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake two loaves", "Water the plants"]);
    await dialog.waitFor({ state: "detached" });
  }));

test("a discarded edit of a deleted task does not come back", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const path = `/api/tasks/${await taskId(page, "Bake bread")}`;
    await editButton(page, "Bake bread").click();
    await fillFields(editForm(page), "Bake two loaves");
    await callApi(page, "DELETE", path);
    await refetchList(page);

    await page.getByRole("button", { name: "Discard mine" }).click();
    await page.reload();

    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
    assert.equal(await page.locator("dialog").count(), 0);
  }));

test("completing a task that was deleted elsewhere reports the deletion", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await callApi(page, "DELETE", `/api/tasks/${await taskId(page, "Bake bread")}`);

    await checkbox(page, "Bake bread").click();

    await page
      .getByRole("alert")
      .getByText(/“.Bake bread.” was deleted elsewhere/)
      .waitFor();
    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
    assert.equal(await page.getByText(/“.Bake bread.” completed/).count(), 0);
  }));

test("two simultaneous conflicts are resolved one after the other", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    for (const title of ["Water the plants", "Bake bread"]) await addTask(page, title);
    const release: Array<() => void> = [];
    let responses = 0;
    page.on("response", (response) => (responses += Number(response.request().method() === "PUT")));

    for (const title of ["Water the plants", "Bake bread"]) {
      const path = `/api/tasks/${await taskId(page, title)}`;
      release.push(await holdRequests(page, "PUT", SERVICE_URL + path));
      await callApi(page, "DELETE", path);
      await editButton(page, title).click();
      await fillFields(editForm(page), `${title} twice`);
      await editForm(page).getByRole("button", { name: "Save" }).click();
    }
    const dialog = page.getByRole("dialog", { name: "The task is gone" });
    release[0]?.();
    await dialog.getByText("Water the plants twice").waitFor();
    release[1]?.();
    await waitUntil(async () => responses === 2, "the service has not responded to both changes");
    await dialog.getByText("Water the plants twice").waitFor();
    await dialog.getByRole("button", { name: "Add mine as a new task" }).click();
    await dialog.getByText("Bake bread twice").waitFor();
    await dialog.getByRole("button", { name: "Add mine as a new task" }).click();

    await waitUntilSaved(page, "Water the plants twice");
    await waitUntilSaved(page, "Bake bread twice");
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake bread twice", "Water the plants twice"]);
  }));

import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { holdRequests, isListRequest } from "./requests";
import { SERVICE_URL } from "./servers";
import {
  addForm,
  addTask,
  checkbox,
  deleteButton,
  deleteTask,
  editButton,
  editForm,
  fillFields,
  taskTitles,
  waitUntilSaved,
} from "./task-page";
import { openAsNewUser } from "./users";

const ANY_TASK = `${SERVICE_URL}/api/tasks/*`;

test("an edit that begins while another one is pending neither conflicts with it nor is lost", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const release = await holdRequests(page, "PUT", ANY_TASK);
    const title = editForm(page).getByLabel("Title");

    await editButton(page, "Bake bread").click();
    await title.fill("Bake two loaves");
    await title.press("Enter");
    await editButton(page, "Bake two loaves").click();
    await title.fill("Bake three loaves");
    const responded = page.waitForResponse((response) => response.request().method() === "PUT");
    release();
    await responded;
    await page.locator("[data-task][aria-busy=false]").waitFor();
    await page.reload();
    assert.equal(await title.inputValue(), "Bake three loaves");
    await title.press("Enter");

    await waitUntilSaved(page, "Bake three loaves");
    assert.equal(await page.locator("dialog").count(), 0);
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake three loaves"]);
    assert.equal(await editForm(page).count(), 0);
  }));

test("two edits in quick succession are both saved", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const release = await holdRequests(page, "PUT", ANY_TASK);

    for (const [before, after] of [
      ["Bake bread", "Bake two loaves"],
      ["Bake two loaves", "Bake three loaves"],
    ] as const) {
      await editButton(page, before).click();
      await fillFields(editForm(page), after);
      await editForm(page).getByRole("button", { name: "Save" }).click();
    }
    release();
    await waitUntilSaved(page, "Bake three loaves");

    assert.equal(await page.locator("dialog").count(), 0);
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake three loaves"]);
  }));

test("a rejected edit does not take the focus from another field", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const release = await holdRequests(page, "PUT", ANY_TASK);
    await editButton(page, "Bake bread").click();
    await fillFields(editForm(page), "a".repeat(501));
    await editForm(page).getByRole("button", { name: "Save" }).click();

    await addForm(page).getByLabel("Title").pressSequentially("Water ");
    release();
    await editForm(page).getByText("Title must be 500 characters or less").waitFor();
    await page.keyboard.type("the plants");

    assert.equal(await addForm(page).getByLabel("Title").inputValue(), "Water the plants");
    assert.equal(await editForm(page).getByLabel("Title").inputValue(), "a".repeat(501));
  }));

test("holding Enter down saves once", () =>
  withPage(async (page) => {
    let sent = 0;
    page.on("request", (request) => {
      const savesTask = ["POST", "PUT"].includes(request.method()) && request.url().startsWith(SERVICE_URL);
      sent += Number(savesTask);
    });
    const holdEnter = async () => {
      await page.keyboard.down("Enter");
      await page.waitForTimeout(600); // The delay of a keyboard, which is longer than a double click.
      for (let times = 0; times < 3; times += 1) await page.keyboard.down("Enter");
      await page.keyboard.up("Enter");
    };
    await openAsNewUser(page);

    await addForm(page).getByLabel("Title").fill("Bake bread");
    await holdEnter();
    await waitUntilSaved(page, "Bake bread");
    await editButton(page, "Bake bread").click();
    await editForm(page).getByLabel("Title").fill("Bake two loaves");
    await holdEnter();
    await waitUntilSaved(page, "Bake two loaves");

    assert.equal(sent, 2);
    assert.equal(await page.getByText("Title is required").count(), 0);
    assert.equal(await editForm(page).count(), 0);
  }));

test("the list is refetched after two changes fail at the same time", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    for (const title of ["Bake bread", "Water the plants"]) await addTask(page, title);
    await page.evaluate(failTogether);
    const refetched = page.waitForRequest(isListRequest);

    await checkbox(page, "Bake bread").click();
    await checkbox(page, "Water the plants").click();

    await refetched;
  }));

test("an error message stays when other changes succeed", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const others = ["Write to Grace", "Water the plants", "Call the dentist"];
    for (const title of ["Bake bread", ...others]) await addTask(page, title);
    await page.route(ANY_TASK, (route) =>
      route.request().method() === "DELETE"
        ? route.fulfill({ status: 500, headers: { "Access-Control-Allow-Origin": "*" }, json: {} })
        : route.fallback(),
    );
    await deleteTask(page, "Bake bread");
    await page.getByRole("alert").getByText("was not deleted").waitFor();

    for (const title of others) {
      await checkbox(page, title).check();
      await waitUntilSaved(page, title);
    }

    assert.equal(await page.getByRole("alert").getByText("was not deleted").count(), 1);
  }));

test("after a deletion, the focus moves to the next task and the page does not scroll to the top", () =>
  withPage(
    async (page) => {
      await openAsNewUser(page);
      for (const title of ["Bake bread", "Water the plants", "Write to Grace"]) await addTask(page, title);
      await deleteButton(page, "Water the plants").scrollIntoViewIfNeeded();
      const before = await page.evaluate(() => window.scrollY);
      assert(before > 0);

      await deleteButton(page, "Water the plants").click();
      await editButton(page, "Water the plants").waitFor({ state: "detached" });

      const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
      assert.equal(await focused(), "Done: Bake bread");
      assert((await page.evaluate(() => window.scrollY)) > 0);
      await deleteButton(page, "Bake bread").click();
      await editButton(page, "Bake bread").waitFor({ state: "detached" });
      assert.equal(await focused(), "Done: Write to Grace");
    },
    { viewport: { width: 390, height: 260 } },
  ));

test("the second click of a double click does nothing to the task that moves under the pointer", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    for (const title of ["Bake bread", "Water the plants", "Write to Grace"]) await addTask(page, title);
    await editButton(page, "Write to Grace").click();

    await editForm(page).getByRole("button", { name: "Cancel" }).dblclick();
    await editButton(page, "Write to Grace").waitFor();

    assert.equal(await editForm(page).count(), 0);
    assert.equal(await page.locator("dialog").count(), 0);
  }));

/** Makes two changes fail at the same moment. */
function failTogether(): void {
  const originalFetch = window.fetch;
  const waiting: Array<(response: Response) => void> = [];
  window.fetch = async (...request) => {
    if (!(request[0] instanceof Request) || request[0].method !== "PATCH") return originalFetch(...request);
    const response = new Promise<Response>((resolve) => waiting.push(resolve));
    const respondToAll = () => {
      for (const resolve of waiting) resolve(new Response(null, { status: 500 }));
    };
    if (waiting.length === 2) setTimeout(respondToAll);
    return response;
  };
}

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { withPage } from "./browser";
import { callApi } from "./requests";
import { SERVICE_URL, waitUntil } from "./servers";
import {
  addForm,
  addTask,
  checkbox,
  deleteButton,
  editButton,
  editForm,
  taskTitles,
  waitUntilSaved,
} from "./task-page";
import { openAsNewUser } from "./users";

const filter = (page: Page, name: string) => page.getByRole("navigation", { name: "Filter" }).getByText(name);
const search = (page: Page) => page.getByRole("searchbox", { name: "Search" });
const undo = (page: Page) => page.getByRole("button", { name: "Undo" });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));

async function openWithTasks(page: Page): Promise<void> {
  await openAsNewUser(page);
  for (const title of ["Water the plants", "Call the dentist", "Bake bread"]) await addTask(page, title);
  await checkbox(page, "Call the dentist").check();
  await waitUntilSaved(page, "Call the dentist");
}

test("filters are in the URL, survive a reload, and the browser's buttons go through them", () =>
  withPage(async (page) => {
    await openWithTasks(page);
    assert.deepEqual(await taskTitles(page), ["Bake bread", "Water the plants", "Call the dentist"]);

    await filter(page, "Open").click();
    assert.deepEqual(await taskTitles(page), ["Bake bread", "Water the plants"]);
    await filter(page, "Done").click();
    assert.deepEqual(await taskTitles(page), ["Call the dentist"]);
    assert.equal(new URL(page.url()).search, "?view=done");
    await page.reload();
    await waitUntil(async () => (await taskTitles(page)).length === 1, "the filter is forgotten");
    await page.goBack();

    await waitUntil(async () => (await taskTitles(page)).length === 2, "back does not lead to the open tasks");
    assert.equal(new URL(page.url()).search, "?view=open");
  }));

test("done tasks are folded with their number, and the choice to unfold them is kept", () =>
  withPage(async (page) => {
    await openWithTasks(page);
    const done = page.getByRole("button", { name: "Done 1" });

    await done.click();
    assert.deepEqual(await taskTitles(page), ["Bake bread", "Water the plants"]);
    await page.evaluate(() => localStorage.removeItem("done-is-unfolded"));
    await done.click();
    await checkbox(page, "Call the dentist").waitFor();
  }));

test("search finds words as they are typed, and done tasks too", () =>
  withPage(async (page) => {
    await openWithTasks(page);
    await page.getByRole("button", { name: "Done 1" }).click();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());

    await page.keyboard.press("/");
    await page.keyboard.type("the");
    await waitUntil(async () => (await taskTitles(page)).length === 2, "the search finds other tasks");
    assert.deepEqual(await taskTitles(page), ["Water the plants", "Call the dentist"]);
    await search(page).fill("nothing like this");
    await page.getByRole("heading", { name: "Nothing found" }).waitFor();
    await search(page).press("Escape");

    await waitUntil(async () => (await taskTitles(page)).length === 2, "Escape does not end the search");
  }));

test("a deletion can be undone for eight seconds, and is sent only then", () =>
  withPage(async (page) => {
    await openWithTasks(page);
    const sent: string[] = [];
    page.on("request", (request) => request.method() === "DELETE" && sent.push(request.url()));

    await deleteButton(page, "Bake bread").click();
    await undo(page).click();
    await checkbox(page, "Bake bread").waitFor();
    assert.equal(await undo(page).count(), 0);
    await deleteButton(page, "Bake bread").click();
    assert.deepEqual(sent, []);
    await page.waitForResponse((response) => response.request().method() === "DELETE");

    assert.equal(await undo(page).count(), 0);
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Water the plants", "Call the dentist"]);
  }));

test("completed tasks are cleared at once, and what was reopened elsewhere is kept", () =>
  withPage(async (page) => {
    await openWithTasks(page);
    await checkbox(page, "Bake bread").check();
    await waitUntilSaved(page, "Bake bread");
    const tasks = (await callApi(page, "GET", "/api/tasks")).body as { data: { id: number; title: string }[] };
    const id = tasks.data.find(({ title }) => title === "Bake bread")?.id;

    await page.getByRole("button", { name: "Clear completed" }).click();
    await page.getByText("2 tasks deleted").waitFor();
    await callApi(page, "PATCH", `/api/tasks/${id}/complete`);
    await page.getByRole("alert").getByText("1 of them had changed elsewhere").waitFor();

    await checkbox(page, "Bake bread").waitFor();
    assert.deepEqual(await taskTitles(page), ["Bake bread", "Water the plants"]);
  }));

test("closing the page sends a deletion that could still be undone", () =>
  withPage(async (page, context) => {
    await openWithTasks(page);
    const other = await context.newPage();
    await other.goto("/");

    await deleteButton(page, "Bake bread").click();
    await checkbox(page, "Bake bread").waitFor({ state: "detached" });
    await page.close({ runBeforeUnload: true });

    const listed = async () => JSON.stringify((await callApi(other, "GET", "/api/tasks")).body);
    await waitUntil(async () => !(await listed()).includes("Bake bread"), "the deletion is not sent");
  }));

test("keys do everything, and are listed", () =>
  withPage(async (page) => {
    await openWithTasks(page);
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await checkbox(page, "Bake bread").focus();

    await press("j");
    assert.equal(await focused(page), "Done: Water the plants");
    await press("k");
    assert.equal(await focused(page), "Done: Bake bread");
    await press("x");
    await page.getByText("1 open · 2 done").waitFor();
    await press("z");
    await page.getByText("2 open · 1 done").waitFor();
    await press("e");
    await editForm(page).getByLabel("Title").fill("Bake two loaves");
    await press("Enter");
    await waitUntilSaved(page, "Bake two loaves");
    assert.equal(await focused(page), "Done: Bake two loaves");
    await press("Delete");
    await checkbox(page, "Bake two loaves").waitFor({ state: "detached" });
    assert.equal(await focused(page), "Done: Water the plants");
    await press("z");
    await checkbox(page, "Bake two loaves").waitFor();
    await press("n");
    await page.keyboard.type("jkxe?");
    assert.equal(await addForm(page).getByLabel("Title").inputValue(), "jkxe?");
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await press("?");
    const help = page.getByRole("dialog", { name: "Keys" });
    await help.getByText("Next task").waitFor();
    await help.getByLabel("Use these keys").uncheck();
    await help.getByRole("button", { name: "Close" }).click();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await press("n");

    assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
  }));

test("pasted lines become several tasks, after a question", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const paste = (text: string) =>
      addForm(page)
        .getByLabel("Title")
        .evaluate((field, value) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", value);
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }, text);

    await paste("Flour\r\n\r\n  Salt  \nCaraway\n");
    await page.getByRole("button", { name: "Add 3 tasks" }).click();
    for (const title of ["Flour", "Salt", "Caraway"]) await waitUntilSaved(page, title);
    assert.deepEqual(await taskTitles(page), ["Flour", "Salt", "Caraway"]);
    await paste("One\nTwo");
    await page.getByRole("button", { name: "Paste as one title" }).click();

    const title = addForm(page).getByLabel("Title");
    await waitUntil(async () => (await title.inputValue()) === "One Two", "the lines are not in the title");
  }));

test("addresses are links, and nothing in a text is HTML", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const title = "Read https://example.com/a?b=1, <b>soon</b>";
    await addTask(page, title, "javascript:alert(1) and http://example.org.");

    const links = await page
      .locator("li a")
      .evaluateAll((all) =>
        all.map((link) => [link.getAttribute("href"), link.getAttribute("rel"), link.getAttribute("target")]),
      );

    const safe = ["noopener noreferrer nofollow", "_blank"];
    assert.deepEqual(links, [
      ["https://example.com/a?b=1", ...safe],
      ["http://example.org", ...safe],
    ]);
    assert.deepEqual(await taskTitles(page), [title]);
  }));

test("a long description opens in place, and a title of 500 characters is edited whole", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const title = "Bake ".repeat(100).trim();
    await addTask(page, title, "Flour\nSalt\nCaraway\nThe last line");
    const description = page.locator("[data-description]");
    const height = () => description.evaluate((element) => element.clientHeight);

    const before = await height();
    await page.getByRole("button", { name: "The whole description" }).click();
    assert((await height()) > before);
    assert.equal(await editForm(page).count(), 0);
    await editButton(page, title).click();

    const field = editForm(page).getByLabel("Title");
    assert.equal(await field.inputValue(), title);
    assert(await field.evaluate((element) => element.scrollHeight <= element.clientHeight + 1), "nothing is cut off");
  }));

test("a click on the title edits it, and a selection of its text does not", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const title = page.locator("[data-title]");
    const box = await title.boundingBox();
    assert(box);

    await page.mouse.move(box.x + 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
    await page.mouse.up();
    assert.equal(await page.evaluate(() => String(getSelection())), "Bake bread");
    assert.equal(await editForm(page).count(), 0);
    await page.getByRole("heading", { level: 1 }).click(); // Ends the selection.
    await page.mouse.click(box.x + 2, box.y + box.height / 2);

    await editForm(page).waitFor();
  }));

test("the simple list works alone", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await page.goto("/simple");

    await page.getByLabel("Title").fill("Bake bread");
    await page.getByLabel("Title").press("Enter");
    await page.locator("[aria-busy=false]").getByText("Bake bread").waitFor();
    const ticked = page.waitForResponse(
      (response) => response.request().method() === "PATCH" && response.url().startsWith(SERVICE_URL),
    );
    await page.getByRole("checkbox", { name: "Bake bread" }).check();
    await ticked;
    await page.goto("/");

    assert(await checkbox(page, "Bake bread").isChecked());
  }));

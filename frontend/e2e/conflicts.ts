import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { withPage } from "./browser";
import {
  add, ask, bin, box, editor, hold, idOf, join, kept, lookAgain, newTask, titles, type, words,
} from "./person";
import { SERVICE, until } from "./stack";

/** The editor has "Bake two loaves" in it, and elsewhere the same task became something else. */
async function editedTwice(page: Page, elsewhere: (path: string) => Promise<unknown>): Promise<void> {
  await join(page);
  await add(page, "Bake bread");
  const path = `/api/tasks/${await idOf(page, "Bake bread")}`;
  await words(page, "Bake bread").click();
  await type(editor(page), "Bake two loaves", "Rye");
  await elsewhere(path);
  await editor(page).getByRole("button", { name: "Save" }).click();
}

for (const { choice, outcome } of [
  { choice: "Keep mine", outcome: "Bake two loaves" },
  { choice: "Take theirs", outcome: "Buy bread" },
]) {
  test(`two versions of one task are shown beside each other: ${choice.toLowerCase()}`, () =>
    withPage(async (page) => {
      const refused = page.waitForResponse((response) => response.status() === 412);
      await editedTwice(page, (path) => ask(page, "PUT", path, { title: "Buy bread" }));
      await refused;
      const dialog = page.getByRole("dialog", { name: "Two versions of one task" });
      await dialog.getByRole("region", { name: "Yours" }).getByText("Bake two loaves").waitFor();
      await dialog.getByRole("region", { name: "Theirs" }).getByText("Buy bread").waitFor();

      await dialog.getByRole("button", { name: choice }).click();

      await kept(page, outcome);
      await page.reload();
      assert.deepEqual(await titles(page), [outcome]);
    }));
}

test("a task that was only completed elsewhere is no conflict with new words", () =>
  withPage(async (page) => {
    await editedTwice(page, (path) => ask(page, "PATCH", `${path}/complete`));

    await kept(page, "Bake two loaves");

    assert(await box(page, "Bake two loaves").isChecked());
  }));

test("the words for a task that was deleted elsewhere are not lost", () =>
  withPage(async (page) => {
    await editedTwice(page, (path) => ask(page, "DELETE", path));

    await page.getByRole("button", { name: "Add mine as a new task" }).click();

    await kept(page, "Bake two loaves");
    assert.deepEqual(await titles(page), ["Bake two loaves"]);
  }));

test("a task that is deleted elsewhere while it is being edited leaves the words that were typed", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Bake bread");
    await add(page, "Water the plants");
    const path = `/api/tasks/${await idOf(page, "Bake bread")}`;
    await words(page, "Bake bread").click();
    await type(editor(page), "Bake two loaves", "Rye");

    await ask(page, "DELETE", path);
    await lookAgain(page);
    const dialog = page.getByRole("dialog", { name: "The task is gone" });
    await dialog.getByText("Bake two loaves").waitFor();
    await page.reload();
    await dialog.getByText("Bake two loaves").waitFor();
    await dialog.getByRole("button", { name: "Add mine as a new task" }).click();

    await kept(page, "Bake two loaves");
    await page.reload();
    assert.deepEqual(await titles(page), ["Bake two loaves", "Water the plants"]);
    await dialog.waitFor({ state: "detached" });
  }));

test("words for a task that is gone can be let go, and do not come back", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Bake bread");
    const path = `/api/tasks/${await idOf(page, "Bake bread")}`;
    await words(page, "Bake bread").click();
    await type(editor(page), "Bake two loaves");
    await ask(page, "DELETE", path);
    await lookAgain(page);

    await page.getByRole("button", { name: "Let it go" }).click();
    await page.reload();

    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
    assert.equal(await page.locator("dialog").count(), 0);
  }));

test("two conflicts at once are decided one after the other", () =>
  withPage(async (page) => {
    await join(page);
    for (const title of ["Water the plants", "Bake bread"]) await add(page, title);
    const release = await hold(page, "PUT", `${SERVICE}/api/tasks/*`);
    let refused = 0;
    page.on("response", (response) => (refused += Number(response.request().method() === "PUT")));

    for (const title of ["Water the plants", "Bake bread"]) {
      await ask(page, "DELETE", `/api/tasks/${await idOf(page, title)}`);
      await words(page, title).click();
      await type(editor(page), `${title} twice`);
      await editor(page).getByRole("button", { name: "Save" }).click();
    }
    release();
    await until(async () => refused === 2, "only one of two changes was answered");
    const dialog = page.getByRole("dialog", { name: "The task is gone" });
    await dialog.getByText("Water the plants twice").waitFor();
    await dialog.getByRole("button", { name: "Add mine as a new task" }).click();
    await dialog.getByText("Bake bread twice").waitFor();
    await dialog.getByRole("button", { name: "Add mine as a new task" }).click();

    await kept(page, "Water the plants twice");
    await kept(page, "Bake bread twice");
    await page.reload();
    assert.deepEqual(await titles(page), ["Bake bread twice", "Water the plants twice"]);
  }));

test("words that are refused after they were chosen are not lost", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Bake bread");
    const path = `/api/tasks/${await idOf(page, "Bake bread")}`;
    await words(page, "Bake bread").click();
    await type(editor(page), "a".repeat(501));
    await ask(page, "PUT", path, { title: "Buy bread" });
    await lookAgain(page);
    await editor(page).getByRole("button", { name: "Save" }).click();

    await page.getByRole("button", { name: "Keep mine" }).click();
    await page.getByRole("alert").getByText("was not changed: Title must be 500 characters or less").waitFor();
    await words(page, "Buy bread").click();

    assert.equal(await editor(page).getByLabel("Title").inputValue(), "a".repeat(501));
  }));

test("Escape chooses neither of two versions", () =>
  withPage(async (page) => {
    await editedTwice(page, (path) => ask(page, "PUT", path, { title: "Buy bread" }));
    const dialog = page.getByRole("dialog", { name: "Two versions of one task" });
    await dialog.waitFor();

    for (let times = 0; times < 3; times += 1) {
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => document.activeElement?.matches("dialog[open]"));
    }
    await page.keyboard.press("Enter");
    await dialog.getByText("Bake two loaves").waitFor();
    await dialog.getByRole("button", { name: "Keep mine" }).click();

    await kept(page, "Bake two loaves");
  }));

test("what has changed since it was seen is not deleted unseen", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Bake bread");
    const path = `/api/tasks/${await idOf(page, "Bake bread")}`;
    await ask(page, "PUT", path, { title: "Bake bread for Grace" });

    await bin(page, "Bake bread").click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Delete it all the same?" });
    await dialog.getByText("Bake bread for Grace").waitFor();
    await dialog.getByRole("button", { name: "Keep it" }).click();

    assert.deepEqual(await titles(page), ["Bake bread for Grace"]);
    await newTask(page).waitFor();
  }));

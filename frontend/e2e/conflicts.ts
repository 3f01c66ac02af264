import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { withPage } from "./browser";
import { add, ask, bin, box, editor, idOf, join, kept, newTask, titles, type, words } from "./person";

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

import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { editedTwice } from "./concurrent-edit";
import { add, ask, bin, box, editor, hold, idOf, join, kept, lookAgain, newTask, titles, type, words } from "./task-page";
import { SERVICE } from "./servers";

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

test("words that follow a decision which is on its way are not lost", () =>
  withPage(async (page) => {
    await editedTwice(page, (path) => ask(page, "PUT", path, { title: "Buy bread" }));
    await page.getByRole("dialog").waitFor();
    const release = await hold(page, "PUT", `${SERVICE}/api/tasks/*`);

    await page.getByRole("button", { name: "Keep mine" }).click();
    await words(page, "Bake two loaves").click();
    await type(editor(page), "Bake three loaves");
    release();
    await page.locator("[data-task][aria-busy=false]").waitFor();
    await page.reload();

    assert.equal(await editor(page).getByLabel("Title").inputValue(), "Bake three loaves");
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

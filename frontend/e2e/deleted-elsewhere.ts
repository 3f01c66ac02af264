import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { editedTwice } from "./concurrent-edit";
import { add, ask, box, editor, hold, idOf, join, kept, lookAgain, titles, type, words } from "./task-page";
import { SERVICE, until } from "./servers";

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

test("a task that was deleted elsewhere is not said to be completed", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Bake bread");
    await ask(page, "DELETE", `/api/tasks/${await idOf(page, "Bake bread")}`);

    await box(page, "Bake bread").click();

    await page.getByRole("alert").getByText(/“.Bake bread.” was deleted elsewhere/).waitFor();
    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
    assert.equal(await page.getByText(/“.Bake bread.” completed/).count(), 0);
  }));

test("two conflicts at once are decided one after the other", () =>
  withPage(async (page) => {
    await join(page);
    for (const title of ["Water the plants", "Bake bread"]) await add(page, title);
    const release: Array<() => void> = [];
    let answered = 0;
    page.on("response", (response) => (answered += Number(response.request().method() === "PUT")));

    for (const title of ["Water the plants", "Bake bread"]) {
      const path = `/api/tasks/${await idOf(page, title)}`;
      release.push(await hold(page, "PUT", SERVICE + path));
      await ask(page, "DELETE", path);
      await words(page, title).click();
      await type(editor(page), `${title} twice`);
      await editor(page).getByRole("button", { name: "Save" }).click();
    }
    const dialog = page.getByRole("dialog", { name: "The task is gone" });
    release[0]?.();
    await dialog.getByText("Water the plants twice").waitFor();
    release[1]?.();
    await until(async () => answered === 2, "only one of two changes was answered");
    await dialog.getByText("Water the plants twice").waitFor();
    await dialog.getByRole("button", { name: "Add mine as a new task" }).click();
    await dialog.getByText("Bake bread twice").waitFor();
    await dialog.getByRole("button", { name: "Add mine as a new task" }).click();

    await kept(page, "Water the plants twice");
    await kept(page, "Bake bread twice");
    await page.reload();
    assert.deepEqual(await titles(page), ["Bake bread twice", "Water the plants twice"]);
  }));

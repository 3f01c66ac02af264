import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { withPage } from "./browser";
import { add, box, editor, hold, join, kept, newTask, titles, type, words } from "./task-page";
import { service, SERVICE } from "./servers";

const addButton = (page: Page) => newTask(page).getByRole("button", { name: "Add" });
const title = (page: Page) => newTask(page).getByLabel("Title");
const notAdded = (page: Page) => page.getByRole("region", { name: "Not added" });

test("a task that is refused while the next one is typed waits beside it, with the reason", () =>
  withPage(async (page) => {
    const tooLong = `Bake ${"very ".repeat(100)}good bread`;
    await join(page);
    const release = await hold(page, "POST", `${SERVICE}/api/tasks`);

    await type(newTask(page), tooLong, "Rye");
    await addButton(page).click();
    await title(page).pressSequentially("Water the");
    release();
    await notAdded(page).getByText("Title must be 500 characters or less").waitFor();
    assert.equal(await title(page).inputValue(), "Water the");
    assert.equal(await newTask(page).getByText("Title must be").count(), 0);
    await page.reload();
    await notAdded(page).getByText("Title must be 500 characters or less").waitFor();
    await notAdded(page).getByRole("button", { name: "Edit" }).click();

    assert.equal(await title(page).inputValue(), tooLong);
    assert.equal(await newTask(page).getByLabel("Description").inputValue(), "Rye");
    await title(page).fill("Bake good bread");
    await addButton(page).click();
    await kept(page, "Bake good bread");
    await notAdded(page).getByText("Water the").waitFor();
    await notAdded(page).getByRole("button", { name: "Discard" }).click();
    await page.reload();
    assert.deepEqual(await titles(page), ["Bake good bread"]);
    assert.equal(await notAdded(page).count(), 0);
  }));

test("a double click adds one task and complains of nothing", () =>
  withPage(async (page) => {
    await join(page);
    const release = await hold(page, "POST", `${SERVICE}/api/tasks`);
    let sent = 0;
    page.on("request", (request) => (sent += Number(request.method() === "POST" && request.url().startsWith(SERVICE))));

    await title(page).fill("Bake bread");
    await addButton(page).dblclick();
    release();
    await kept(page, "Bake bread");
    await page.waitForTimeout(700);

    assert.equal(await newTask(page).getByText("Title is required").count(), 0);
    assert.equal(sent, 1);
    await page.reload();
    assert.deepEqual(await titles(page), ["Bake bread"]);
    assert.equal(await notAdded(page).count(), 0);
  }));

test("what is being typed outlives a reload, and a second one", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Water the plants");
    await type(newTask(page), "Bake bread", "Rye");
    await words(page, "Water the plants").click();
    await type(editor(page), "Water the garden");

    for (let times = 0; times < 2; times += 1) {
      await page.reload();
      await editor(page).waitFor();

      assert.equal(await title(page).inputValue(), "Bake bread");
      assert.equal(await newTask(page).getByLabel("Description").inputValue(), "Rye");
      assert.equal(await editor(page).getByLabel("Title").inputValue(), "Water the garden");
    }
  }));

test("who signs out during an outage is asked before anything is lost", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Water the plants");
    const question = page.getByRole("dialog", { name: "Sign out all the same?" });

    await service.whileStopped(async () => {
      await box(page, "Water the plants").check();
      await page.getByText("The service is taking a break.").waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await question.getByRole("button", { name: "Stay" }).click();
    });
    await kept(page, "Water the plants");
    await title(page).fill("Bake bread");
    await page.getByRole("button", { name: "Sign out" }).click();
    await question.getByRole("button", { name: "Sign out and lose it" }).click();

    await page.waitForURL("**/sign-in");
  }));

test("Escape that belongs to an input method gives up no edit", () =>
  withPage(async (page) => {
    await join(page);
    await add(page, "Bake bread");
    await words(page, "Bake bread").click();
    await type(editor(page), "パンを焼く");
    const press = (isComposing: boolean) =>
      editor(page).getByLabel("Title").dispatchEvent("keydown", { key: "Escape", bubbles: true, isComposing });

    await press(true);
    assert.equal(await editor(page).getByLabel("Title").inputValue(), "パンを焼く");
    await press(false);

    await words(page, "Bake bread").waitFor();
  }));

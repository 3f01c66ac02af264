import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";

import { withPage } from "./browser";
import { service, SERVICE_URL } from "./servers";
import { addForm, addTask, checkbox, deleteButton, editButton, waitUntilSaved } from "./task-page";
import { openAsNewUser } from "./users";

const PICTURES = path.resolve("../docs/pictures");
const LARGEST = 150 * 1024;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const LOOKS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  small: { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true },
};

for (const [look, options] of Object.entries(LOOKS)) {
  test(`${look}: nothing keeps anybody out, by the rules of axe`, (t) =>
    withPage(async (page) => {
      let checked = 0;
      const check = async (state: string) => {
        await barrierFree(page, `${look}, ${state}`);
        checked += 1;
      };
      await page.goto("/sign-in");
      await check("signing in");
      if (look === "light") await picture(page, "sign-in");
      await page.goto("/sign-up");
      await check("signing up");
      await openAsNewUser(page);
      await check("the empty list");
      await addForm(page).getByRole("button", { name: "Add" }).click();
      await addForm(page).getByText("Title is required").waitFor();
      await check("a refused title");
      await aDay(page);
      await check("the list");
      if (look !== "small") await picture(page, look);
      await editButton(page, "Bake bread for Sunday").click();
      await check("an open editor");
      await page.keyboard.press("Escape");
      await deleteButton(page, "Write to Grace").click();
      await check("a dialog");
      await page.keyboard.press("Escape");
      await service.whileStopped(async () => {
        await checkbox(page, "Write to Grace").check();
        await page.getByText("The service is taking a break.").waitFor();
        await check("an outage");
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("dialog", { name: "Sign out all the same?" }).waitFor();
        await check("a question");
        await page.getByRole("button", { name: "Stay" }).click();
      });
      await waitUntilSaved(page, "Write to Grace");
      await refusedOnce(page);
      await check("a task that was not added");
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, page.viewportSize()?.width, "nothing sticks out");
      t.diagnostic(`axe ${axe.version}: ${checked} states, no violation`);
    }, options));
}

test("while the tasks are loading, their places are held", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await page.route(`${SERVICE_URL}/api/tasks`, () => new Promise(() => undefined));

    await page.reload();
    await page.getByRole("status", { name: "Loading your tasks" }).waitFor();

    await barrierFree(page, "loading");
  }));

test("light or dark is the reader's choice, and stays", () =>
  withPage(async (page) => {
    const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    await page.goto("/sign-in");

    await page.getByRole("button", { name: "Switch between light and dark" }).click();
    assert.equal(await scheme(), "dark");
    await page.reload();

    assert.equal(await scheme(), "dark");
  }));

async function aDay(page: Page): Promise<void> {
  await addTask(page, "Water the plants");
  await addTask(page, "Return the library books", "Two of them are at the office.");
  await addTask(page, "Call the dentist");
  await addTask(page, "Bake bread for Sunday", "Rye, and a pinch of caraway.\nStart the dough tonight.");
  await addTask(page, "Write to Grace");
  await addTask(page, "Book the train to Vienna", "Window seat, quiet coach");
  for (const title of ["Water the plants", "Call the dentist"]) {
    await checkbox(page, title).check();
    await waitUntilSaved(page, title);
  }
  await page.getByText("4 open · 2 done").waitFor();
}

/** As a task is that was refused while the next one was typed. */
async function refusedOnce(page: Page): Promise<void> {
  const draft = { title: "Buy caraway", description: "", key: "1", reason: "Something went wrong on our side" };
  await page.evaluate((text) => sessionStorage.setItem("draft:sent:1", text), JSON.stringify(draft));
  await addForm(page).getByLabel("Title").fill("Call Grace");
  await page.reload();
  await page.getByRole("region", { name: "Not added" }).getByText("Buy caraway").waitFor();
}

async function barrierFree(page: Page, state: string): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async (values) => {
    const checker = (window as unknown as { axe: typeof axe }).axe;
    const found = await checker.run(document, { runOnly: { type: "tag", values } });
    return found.violations.map(({ id, help, nodes }) => [id, help, ...nodes.map(({ html }) => html)]);
  }, RULES);
  assert.deepEqual(violations, [], state);
}

/** For the README. Nothing in it moves: neither a cursor nor a pointer over something. */
async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    window.scrollTo(0, 0);
  });
  await page.mouse.move(0, 0);
  const file = path.join(PICTURES, `${name}.png`);
  await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
  const { size } = await stat(file);
  assert(size <= LARGEST, `${name}.png has ${size} bytes`);
}

import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";

import { withPage } from "./browser";
import { SERVICE_URL, service } from "./servers";
import { addForm, addTask, checkbox, deleteButton, editButton, waitUntilSaved } from "./task-page";
import { openAsNewUser } from "./users";

const PICTURES = path.resolve("../docs/pictures");
const MAX_BYTES = 150 * 1024;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const VARIANTS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  small: { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true },
};

for (const [variant, options] of Object.entries(VARIANTS)) {
  test(`${variant}: axe finds no accessibility violations`, (t) =>
    withPage(async (page) => {
      let checked = 0;
      const check = async (state: string) => {
        await assertAccessible(page, `${variant}, ${state}`);
        checked += 1;
      };
      await page.goto("/sign-in");
      await check("sign-in page");
      if (variant === "light") await screenshot(page, "sign-in");
      await page.goto("/sign-up");
      await check("sign-up page");
      await openAsNewUser(page);
      await check("empty list");
      await addForm(page).getByRole("button", { name: "Add" }).click();
      await addForm(page).getByText("Title is required").waitFor();
      await check("validation error");
      await addSampleTasks(page);
      await check("list");
      if (variant !== "small") await screenshot(page, variant);
      await page.getByText("Bake bread for Sunday").click();
      await check("editor");
      await page.keyboard.press("Escape");
      await deleteButton(page, "Write to Grace").click();
      await check("undo notice");
      await page.getByRole("button", { name: "Undo" }).click();
      await editButton(page, "Write to Grace").waitFor();
      await service.whileStopped(async () => {
        await checkbox(page, "Write to Grace").check();
        await page.getByText("The service is taking a break.").waitFor();
        await check("outage banner");
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("dialog", { name: "Sign out anyway?" }).waitFor();
        await check("sign-out dialog");
        await page.getByRole("button", { name: "Stay" }).click();
      });
      await waitUntilSaved(page, "Write to Grace");
      await addUnsavedTask(page);
      await check("unsaved task");
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, page.viewportSize()?.width, "nothing overflows horizontally");
      t.diagnostic(`axe ${axe.version}: ${checked} states, no violation`);
    }, options));
}

test("a skeleton is shown while the tasks are loading", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await page.route(`${SERVICE_URL}/api/tasks*`, () => new Promise(() => undefined));
    await page.evaluate(() => indexedDB.deleteDatabase("list"));

    await service.whileStopped(async () => {
      await page.reload();
      await page.getByRole("status", { name: "Loading your tasks" }).waitFor();

      await assertAccessible(page, "skeleton");
    });
  }));

test("the theme that the user has chosen survives a reload", () =>
  withPage(async (page) => {
    const colorScheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    await page.goto("/sign-in");

    await page.getByRole("button", { name: "Theme: as the system" }).click();
    await page.getByRole("button", { name: "Theme: light" }).click();
    assert.equal(await colorScheme(), "dark");
    await page.reload();

    assert.equal(await colorScheme(), "dark");
    await page.getByRole("button", { name: "Theme: dark" }).click();
    assert.equal(await colorScheme(), "light dark");
  }));

async function addSampleTasks(page: Page): Promise<void> {
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

/** Stores a task as if the service had rejected it while the user was typing the next one. */
async function addUnsavedTask(page: Page): Promise<void> {
  const draft = { title: "Buy caraway", description: "", reason: "Something went wrong on our side" };
  await page.evaluate((text) => sessionStorage.setItem("draft:rejected:1", text), JSON.stringify(draft));
  await addForm(page).getByLabel("Title").fill("Call Grace");
  await page.reload();
  await page.getByRole("region", { name: "Not added" }).getByText("Buy caraway").waitFor();
}

async function assertAccessible(page: Page, state: string): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async (values) => {
    const injectedAxe = (window as unknown as { axe: typeof axe }).axe;
    const results = await injectedAxe.run(document, { runOnly: { type: "tag", values } });
    return results.violations.map(({ id, help, nodes }) => [id, help, ...nodes.map(({ html }) => html)]);
  }, RULES);
  assert.deepEqual(violations, [], state);
}

/** Takes a screenshot for the README, without a text cursor, hover effects or animations. */
async function screenshot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    window.scrollTo(0, 0);
  });
  await page.mouse.move(0, 0);
  const file = path.join(PICTURES, `${name}.png`);
  await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
  const { size } = await stat(file);
  assert(size <= MAX_BYTES, `${name}.png has ${size} bytes`);
}

import assert from "node:assert/strict";
import { test } from "node:test";

import type { BrowserContextOptions, Locator, Page } from "playwright-core";

import { waitUntilReady, withPage } from "./browser";
import { addForm, addTask, checkbox, editButton, taskRow } from "./task-page";
import { openAsNewUser } from "./users";

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const MIN_CONTRAST = 4.5;

async function addTasks(page: Page, count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1) await addTask(page, `Task ${index}`);
}

/** Returns how many tasks are wholly in view, and under nothing else. */
function tasksInView(page: Page): Promise<number> {
  return page.locator("[data-title]").evaluateAll(
    (titles) =>
      titles.filter((title) => {
        const { left, top, bottom } = title.getBoundingClientRect();
        const isTop = (y: number) => title.contains(document.elementFromPoint(left + 2, y));
        return isTop(top + 2) && isTop(bottom - 2);
      }).length,
  );
}

const isLandscapeShown = (page: Page) => page.locator(".landscape-sky").isVisible();
const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("on a phone, the first screen shows at least six tasks, and the form is within reach of the thumb", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTasks(page, 8);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());

    assert((await tasksInView(page)) >= 6, `${await tasksInView(page)} tasks are in view`);
    assert(await isLandscapeShown(page));
    const box = await addForm(page).boundingBox();
    assert(box && box.y > 844 / 2 && box.y + box.height <= 844);
    await page.waitForTimeout(600); // Longer than a double click.
    await addForm(page).getByRole("button", { name: "Add" }).tap();
    await addForm(page).getByText("Title is required").waitFor();
  }, PHONE));

for (const [name, viewport] of Object.entries({
  "a phone on its side": { width: 844, height: 390 },
  "a zoom of 200 %": { width: 640, height: 400 },
  "a zoom of 400 %": { width: 320, height: 256 },
})) {
  test(`with ${name}, the landscape makes room, and nothing is lost`, () =>
    withPage(
      async (page) => {
        await openAsNewUser(page);
        await addTask(page, "Bake bread", "https://example.com/".padEnd(200, "a"));

        assert(!(await isLandscapeShown(page)));
        assert.equal(await overflow(page), 0);
        await editButton(page, "Bake bread").click();
        assert.equal(await overflow(page), 0);
        await page.getByText("1 open · 0 done").waitFor();
      },
      { viewport },
    ));
}

test("with forced colours, a done task differs from an open one", () =>
  withPage(
    async (page) => {
      await openAsNewUser(page);
      for (const title of ["Bake bread", "Water the plants"]) await addTask(page, title);
      await checkbox(page, "Bake bread").check();
      const looks = (title: string) =>
        taskRow(page, title).evaluate((row) => [
          getComputedStyle(row.querySelector("[data-title]") as Element).textDecorationLine,
          getComputedStyle(row.querySelector("input") as Element).appearance,
        ]);

      assert.deepEqual(await looks("Bake bread"), ["line-through", "auto"]);
      assert.deepEqual(await looks("Water the plants"), ["none", "auto"]);
    },
    { forcedColors: "active" },
  ));

test("on a long list, the form follows", () =>
  withPage(
    async (page) => {
      await openAsNewUser(page);
      await addTasks(page, 12);

      await page.mouse.wheel(0, 5_000);
      await page.waitForFunction(() => window.scrollY > 200);

      const box = await addForm(page).boundingBox();
      assert(box && box.y >= 0 && box.y < 100);
    },
    { viewport: { width: 1280, height: 600 } },
  ));

/** axe cannot tell the contrast of text over a picture, and calls it incomplete. So its pixels are compared. */
for (const colorScheme of ["light", "dark"] as const) {
  for (const [device, options] of Object.entries({ desktop: {}, phone: PHONE })) {
    test(`${colorScheme}, ${device}: the text over the landscape is legible`, () =>
      withPage(
        async (page) => {
          for (const path of ["/sign-in", "/sign-up", "/"]) {
            if (path === "/") await openAsNewUser(page);
            else await page.goto(path);
            await waitUntilReady(page);
            for (const text of await page.locator("header p, header h1, .menu-button").all()) {
              const contrast = await worstContrast(page, text);
              assert(contrast >= MIN_CONTRAST, `${path}: ${await text.textContent()} has ${contrast.toFixed(2)}`);
            }
          }
        },
        { ...options, colorScheme },
      ));
  }
}

/** Compares the colour of the text with each pixel behind it. */
async function worstContrast(page: Page, text: Locator): Promise<number> {
  const color = await text.evaluate((element) => getComputedStyle(element).color);
  await text.evaluate((element) => element.style.setProperty("visibility", "hidden"));
  const box = await text.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const { x, y, width, height } = range.getBoundingClientRect();
    return { x, y, width, height };
  });
  const picture = await page.screenshot({ clip: box, scale: "css" });
  await text.evaluate((element) => element.style.removeProperty("visibility"));
  return page.evaluate(
    async ([source, foreground]) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      const context = canvas.getContext("2d") as CanvasRenderingContext2D;
      const linear = (value: number) =>
        value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
      const luminance = ([red = 0, green = 0, blue = 0]: ArrayLike<number> & Iterable<number>) =>
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
      context.fillStyle = foreground;
      context.fillRect(0, 0, 1, 1);
      const ink = luminance(context.getImageData(0, 0, 1, 1).data);
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      let worst = 21;
      for (let index = 0; index < data.length; index += 4) {
        const paper = luminance(data.subarray(index, index + 3));
        worst = Math.min(worst, (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05));
      }
      return worst;
    },
    [`data:image/png;base64,${picture.toString("base64")}`, color] as const,
  );
}

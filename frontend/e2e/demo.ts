import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { animatedPng, type Frame } from "./animated-png";
import { waitUntilReady, withPage } from "./browser";
import { FRONTEND_URL, frontend, OTHER_ORIGIN, service, waitUntil } from "./servers";
import { addForm, checkbox, editForm, fillFields, waitUntilSaved } from "./task-page";

const FILM = path.resolve("../docs/pictures/demo.png");
const MAX_BYTES = 1.25 * 1024 * 1024;

const panel = (page: Page) => page.getByRole("complementary", { name: "Demo" });
const press = (page: Page, name: string) => panel(page).getByRole("button", { name }).click();

/** Runs the frontend as `make demo` does, with a control that stops and starts the service of the scenarios. */
async function inDemo(scenario: () => Promise<void>): Promise<void> {
  const control = createServer(async (request, response) => {
    if (request.url === "/stop") await service.stop();
    if (request.url === "/start") await service.start();
    response.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await once(control, "listening");
  const { port } = control.address() as AddressInfo;
  const environment = {
    DEMO: "1",
    DEMO_CONTROL_URL: `http://127.0.0.1:${port}`,
    BETTER_AUTH_TRUSTED_ORIGINS: `${FRONTEND_URL},${OTHER_ORIGIN}`,
  };
  try {
    await frontend.whileRunningWith(environment, scenario);
  } finally {
    control.close();
    await service.stop();
    await service.start();
  }
}

test("the demo opens with a guest, and its panel shows how nothing gets lost", () =>
  inDemo(() =>
    withPage(
      async (page) => {
        const frames: Frame[] = [];
        const shoot = async (ms = 1_400) => {
          await page.mouse.move(0, 0);
          await page.evaluate(() => window.scrollTo(0, 0));
          frames.push({ png: await page.screenshot({ animations: "disabled", caret: "hide" }), ms });
        };
        await page.goto("/");
        await page.getByRole("link", { name: "Sign up" }).waitFor();
        await page.getByText("9 open · 3 done").waitFor();
        await waitUntilReady(page);
        await shoot();
        await press(page, "Break something");
        await press(page, "Stop the service");
        await panel(page).getByRole("button", { name: "Start the service" }).waitFor();
        await fillFields(addForm(page), "Buy caraway");
        await addForm(page).getByRole("button", { name: "Add" }).click();
        await checkbox(page, "Write to Grace").check();
        await page.getByText("2 changes are kept on this device").waitFor();
        await shoot(2_400);
        await page.reload();
        await checkbox(page, "Buy caraway").waitFor();
        await press(page, "Break something");
        await page.getByText("2 changes are kept on this device").waitFor();
        await shoot(1_800);
        await page.request.post("/demo/control?action=start");
        const tryNow = page.getByRole("button", { name: "Try now" });
        // It goes as soon as the page has tried by itself, and that may be just before the click.
        await tryNow.click({ timeout: 3_000 }).catch(() => tryNow.waitFor({ state: "detached" }));
        await waitUntilSaved(page, "Buy caraway");
        await waitUntilSaved(page, "Write to Grace");
        await panel(page).getByText("Idempotency-Key").first().waitFor();
        await shoot(2_400);
        await press(page, "Lose the next answer");
        await checkbox(page, "Buy caraway").check();
        await waitUntilSaved(page, "Buy caraway");
        await panel(page).getByText("412").first().waitFor();
        await shoot(2_400);
        await press(page, "Edit the first task elsewhere");
        await page.getByText("was edited elsewhere").waitFor();
        await page.getByRole("button", { name: /^Edit “Stop the service/ }).click();
        await editForm(page).getByLabel("Title").fill("Stop the service, and go on");
        await editForm(page).getByLabel("Title").press("Enter");
        await page.getByRole("dialog", { name: "Two versions of one task" }).waitFor();
        await shoot(3_000);
        await page.getByRole("button", { name: "Keep mine" }).click();
        await waitUntilSaved(page, "Stop the service, and go on");
        await shoot(1_800);

        const film = animatedPng(frames);
        await writeFile(FILM, film);
        assert(film.length <= MAX_BYTES, `the film has ${film.length} bytes`);
      },
      { viewport: { width: 1120, height: 700 } },
      /Failed to load|ERR_/,
    ),
  ));

test("the demo works under both names of this machine, and a guest whose session ends goes on", () =>
  inDemo(() =>
    service.whileRunningWith({ FRONTEND_URL: `${FRONTEND_URL},${OTHER_ORIGIN}` }, () =>
      withPage(async (page) => {
        await page.goto(`${OTHER_ORIGIN}/`);
        await page.getByText("9 open · 3 done").waitFor();
        await waitUntilReady(page);
        await press(page, "Break something");
        await press(page, "End the session");
        await page.getByText("This session is revoked").waitFor();

        await page.goto(`${OTHER_ORIGIN}/`);
        await page.getByText("9 open · 3 done").waitFor();
        await addForm(page).getByLabel("Title").fill("Buy caraway");
        await addForm(page).getByLabel("Title").press("Enter");
        await waitUntilSaved(page, "Buy caraway");
      }),
    ),
  ));

test("without the demo, there is neither a guest nor a panel nor its control", () =>
  withPage(async (page) => {
    await page.goto("/");
    assert.equal(page.url(), `${FRONTEND_URL}/sign-in`);
    assert.equal(await page.getByText("Go on as the guest").count(), 0);

    const answers = [
      await page.request.get("/demo/guest", { maxRedirects: 0 }),
      await page.request.post("/demo/control?action=stop"),
    ];

    assert.deepEqual(
      answers.map((answer) => answer.status()),
      [404, 404],
    );
    await waitUntil(async () => (await fetch(FRONTEND_URL)).ok, "the frontend does not respond");
  }));

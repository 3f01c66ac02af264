import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { waitUntilReady, withPage } from "./browser";
import { callApi } from "./requests";
import { FRONTEND_URL, frontend, SERVICE_URL, service, waitUntil } from "./servers";
import {
  addForm,
  addTask,
  checkbox,
  deleteButton,
  editButton,
  editForm,
  fillFields,
  taskTitles,
  waitUntilSaved,
} from "./task-page";
import { openAsNewUser } from "./users";

const WITH_SERVICE_WORKER = { serviceWorkers: "allow" } as const;
/** The browser logs each request that gets no response. */
const NO_RESPONSE = /ERR_|Failed to load/;

const banner = (page: Page, text: string) => page.getByRole("status").getByText(text);

async function add(page: Page, title: string): Promise<void> {
  await fillFields(addForm(page), title);
  await addForm(page).getByRole("button", { name: "Add" }).click();
}

async function waitForServiceWorker(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 50));
  });
}

test("what was done while the service was away survives a reload and closing, and is sent once", () =>
  withPage(async (first, context) => {
    await openAsNewUser(first);
    await addTask(first, "Water the plants");
    await addTask(first, "Call the dentist");
    await addTask(first, "Write to Grace");
    let page = first;

    await service.whileStopped(async () => {
      await add(page, "Bake bread");
      await checkbox(page, "Bake bread").check(); // It is not saved yet, and can be changed all the same.
      await checkbox(page, "Water the plants").check();
      await editButton(page, "Call the dentist").click();
      await editForm(page).getByLabel("Title").fill("Call the doctor");
      await editForm(page).getByLabel("Title").press("Enter");
      await deleteButton(page, "Write to Grace").click();
      await banner(page, "changes are kept on this device").waitFor();
      await page.getByText("Waiting to be sent").first().waitFor();
      await page.reload();
      await checkbox(page, "Bake bread").waitFor();
      assert(await checkbox(page, "Bake bread").isChecked());
      await page.close();
      page = await context.newPage();
      await page.goto("/");
      await page.getByText("Call the doctor").waitFor();
      assert(await checkbox(page, "Water the plants").isChecked());
      assert.equal(await checkbox(page, "Write to Grace").count(), 0);
    });

    for (const title of ["Bake bread", "Water the plants", "Call the doctor"]) await waitUntilSaved(page, title);
    await waitUntil(async () => (await titlesOfTheService(page)).length === 3, "the deletion is not sent");
    assert.deepEqual(await titlesOfTheService(page), ["Bake bread", "Call the doctor", "Water the plants"]);
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Call the doctor", "Bake bread", "Water the plants"]);
  }));

test("a conflict with what was done during an outage is asked about, even after a reload", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const [{ id }] = ((await callApi(page, "GET", "/api/tasks")).body as { data: [{ id: number }] }).data;
    await page.route(`${SERVICE_URL}/api/tasks/*`, (route) =>
      route.request().method() === "PUT" ? route.abort("connectionrefused") : route.fallback(),
    );
    await editButton(page, "Bake bread").click();
    await editForm(page).getByLabel("Title").fill("Bake two loaves");
    await editForm(page).getByLabel("Title").press("Enter");
    await banner(page, "The service is taking a break.").waitFor();
    await page.unrouteAll();
    await callApi(page, "PUT", `/api/tasks/${id}`, { title: "Buy bread" });

    const dialog = page.getByRole("dialog", { name: "Two versions of one task" });
    await page.reload();
    await dialog.waitFor();
    await page.reload();
    await dialog.getByRole("button", { name: "Keep mine" }).click();

    await waitUntilSaved(page, "Bake two loaves");
    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake two loaves"]);
    assert.equal(await dialog.count(), 0);
  }));

test("without a network, the page and its list are there, and changes are sent when it is back", () =>
  withPage(
    async (page, context) => {
      await openAsNewUser(page);
      await addTask(page, "Bake bread");
      await waitForServiceWorker(page);
      await page.waitForTimeout(2_500); // The list is kept after two seconds.

      await context.setOffline(true);
      await page.goto("/");
      await checkbox(page, "Bake bread").waitFor();
      await waitUntilReady(page);
      await banner(page, "You are offline.").waitFor();
      await add(page, "Water the plants");
      await page.goto("/");
      await checkbox(page, "Water the plants").waitFor();
      await context.setOffline(false);

      await waitUntilSaved(page, "Water the plants");
      await page.goto("/");
      assert.deepEqual(await taskTitles(page), ["Water the plants", "Bake bread"]);
    },
    WITH_SERVICE_WORKER,
    NO_RESPONSE,
  ));

test("while the server of the page is away, the page says so, and nothing stays on the device after signing out", () =>
  withPage(
    async (page) => {
      await openAsNewUser(page);
      await addTask(page, "Bake bread");
      await waitForServiceWorker(page);
      await page.waitForTimeout(2_500);

      await frontend.whileStopped(async () => {
        await page.goto("/");
        await checkbox(page, "Bake bread").waitFor();
        await banner(page, "The server of this page is taking a break.").waitFor();
      });
      await page.goto("/");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL("**/sign-in");

      await frontend.whileStopped(async () => {
        await page.goto("/");
        await page.getByRole("heading", { name: "There is no list on this device" }).waitFor();
      });
    },
    WITH_SERVICE_WORKER,
    NO_RESPONSE,
  ));

test("an origin that the service does not allow is named, and not taken for an outage", () =>
  service.whileRunningWith({ FRONTEND_URL: "https://elsewhere.example" }, () =>
    withPage(async (page) => {
      await openAsNewUser(page, undefined, "Daybreak");

      await banner(page, "This page may not read the answers of the service.").waitFor({ timeout: 30_000 });

      await banner(page, `FRONTEND_URL of the Tasks API has to contain ${FRONTEND_URL}.`).waitFor();
    }),
  ));

test("a wrong secret shows what the service says, and does not lead to sign-in again and again", () =>
  service.whileRunningWith({ BETTER_AUTH_SECRET: "another secret, which is as long as it has to be" }, () =>
    withPage(async (page) => {
      await openAsNewUser(page, undefined, "Daybreak");

      await page.getByRole("alert").getByText("Your tasks cannot be shown: Invalid signature").waitFor();

      assert.equal(page.url(), `${FRONTEND_URL}/`);
    }),
  ));

async function titlesOfTheService(page: Page): Promise<string[]> {
  const { data } = (await callApi(page, "GET", "/api/tasks")).body as { data: { title: string }[] };
  return data.map(({ title }) => title).sort((one, other) => one.localeCompare(other));
}

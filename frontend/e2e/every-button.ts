import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { add, bin, box, editor, join, kept, newTask, signIn, signUp, titles, type, words } from "./task-page";
import { FRONTEND, service, SERVICE, until } from "./servers";

test("every button does what it says, and what it did outlives a reload and a restart", () =>
  withPage(async (page) => {
    await signUp(page);
    await add(page, "Water the plants");
    await add(page, "Bake bread", "Rye");
    await add(page, "Write to Grace");

    await words(page, "Bake bread").click();
    await type(editor(page), "Bake two loaves", "Rye,\nand caraway");
    await editor(page).getByRole("button", { name: "Save" }).click();
    await kept(page, "Bake two loaves");
    await box(page, "Water the plants").check();
    await box(page, "Write to Grace").check();
    await kept(page, "Write to Grace");
    await box(page, "Write to Grace").uncheck();
    await kept(page, "Write to Grace");
    await page.getByText("2 open · 1 done").waitFor();
    await add(page, "Call the dentist");
    await bin(page, "Call the dentist").click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await bin(page, "Call the dentist").click();
    const deleted = page.waitForResponse((response) => response.request().method() === "DELETE");
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    assert.equal((await deleted).status(), 204);

    const remains = async () => {
      assert.deepEqual(await titles(page), ["Write to Grace", "Bake two loaves", "Water the plants"]);
      assert(await box(page, "Water the plants").isChecked());
      assert(!(await box(page, "Write to Grace").isChecked()));
      await page.getByText("and caraway").waitFor();
    };
    await remains();
    await page.reload();
    await remains();
    await service.whileStopped(async () => undefined);
    await page.reload();
    await remains();
  }));

test("who signs out is out, and finds everything on coming back", () =>
  withPage(async (page) => {
    const person = await join(page);
    await add(page, "Water the plants");

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/sign-in");
    await page.goto("/");
    assert.equal(page.url(), `${FRONTEND}/sign-in`);
    await signIn(page, person);

    assert.deepEqual(await titles(page), ["Water the plants"]);
  }));

test("a wrong password is refused in words", () =>
  withPage(async (page) => {
    const person = await join(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByLabel("Password").fill("not this one");

    await page.getByRole("button", { name: "Sign in" }).click();

    await page.getByRole("alert").getByText("Invalid email or password").waitFor();
  }));

test("the keyboard alone is enough", () =>
  withPage(async (page) => {
    await join(page);
    const press = (key: string) => page.keyboard.press(key);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));

    await newTask(page).getByLabel("Title").focus();
    await page.keyboard.type("Bake bread");
    await press("Enter");
    await kept(page, "Bake bread");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "new-title");
    await box(page, "Bake bread").focus();
    await press("Space");
    await page.getByText("0 open · 1 done").waitFor();
    await press("Tab");
    assert.equal(await focused(), "Edit “Bake bread”");
    await press("Enter");
    await page.keyboard.type("!");
    await press("Escape");
    assert.equal(await focused(), "Edit “Bake bread”");
    await press("Enter");
    await press("Tab");
    await page.keyboard.type("Rye");
    await press("Control+Enter");
    await page.getByText("Rye").waitFor();
    await kept(page, "Bake bread");
    await press("Tab");
    assert.equal(await focused(), "Delete “Bake bread”");
    await press("Enter");
    await page.getByRole("dialog", { name: "Delete this task?" }).waitFor();
    await press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    assert.equal(await focused(), "Delete “Bake bread”");
    await press("Enter");
    await page.getByRole("dialog", { name: "Delete this task?" }).waitFor();
    await press("Tab");
    await press("Enter");

    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), "new-title");
  }));

test("changes that follow each other quickly are made in their order", () =>
  withPage(async (page) => {
    const made: number[] = [];
    page.on("response", (response) => {
      if (response.request().method() === "PATCH") made.push(response.status());
    });
    await join(page);
    await add(page, "Bake bread");
    await page.route(`${SERVICE}/api/tasks/*/complete`, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300)); // As over a slow network.
      await route.continue();
    });

    await box(page, "Bake bread").click();
    await box(page, "Bake bread").click();
    await until(async () => made.length === 2, "only one of two changes was made");
    await page.reload();
    await kept(page, "Bake bread");

    assert.deepEqual(made, [200, 200]);
    assert.equal(await box(page, "Bake bread").isChecked(), false);
  }));

import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { FRONTEND_URL } from "./servers";
import {
  addForm,
  addTask,
  deleteButton,
  editButton,
  editForm,
  fillFields,
  taskTitles,
  waitUntilSaved,
} from "./task-page";
import { newUser, openAsNewUser } from "./users";

/** What the oldest browsers of README.md lack, and what is missing where storage or the connection is restricted. */
test("the frontend works in the oldest browsers, and without storage", () =>
  withPage(async (page) => {
    await page.addInitScript(() => {
      Reflect.deleteProperty(Crypto.prototype, "randomUUID");
      Reflect.deleteProperty(AbortSignal, "any");
      Reflect.deleteProperty(AbortSignal, "timeout");
      Reflect.deleteProperty(Intl, "Segmenter");
      Reflect.deleteProperty(URL, "canParse");
      Reflect.deleteProperty(Promise, "withResolvers");
      Reflect.deleteProperty(Array, "fromAsync");
      Reflect.deleteProperty(Object, "groupBy");
      Reflect.deleteProperty(Navigator.prototype, "locks");
      Reflect.deleteProperty(window, "BroadcastChannel");
      Reflect.deleteProperty(window, "requestIdleCallback");
      Reflect.deleteProperty(window, "indexedDB");
      Reflect.deleteProperty(window, "cookieStore");
      for (const name of ["difference", "intersection", "union", "isSubsetOf"])
        Reflect.deleteProperty(Set.prototype, name);
      const deny = () => {
        throw new DOMException("Access is denied", "SecurityError");
      };
      Object.defineProperty(window, "sessionStorage", { get: deny });
    });
    await openAsNewUser(page);

    await addTask(page, "Bake bread");
    await editButton(page, "Bake bread").click();
    await fillFields(editForm(page), "Bake two loaves");
    await editForm(page).getByRole("button", { name: "Save" }).click();
    await waitUntilSaved(page, "Bake two loaves");

    await page.reload();
    assert.deepEqual(await taskTitles(page), ["Bake two loaves"]);
  }));

test("the style sheet needs no function that the oldest browsers lack", () =>
  withPage(async (page) => {
    await page.goto("/sign-in");
    const addresses = await page
      .locator("link[rel=stylesheet]")
      .evaluateAll((links) => links.map((link) => (link as HTMLLinkElement).href));

    for (const address of addresses) assert.doesNotMatch(await (await fetch(address)).text(), /light-dark\(/);
    assert(addresses.length > 0);
  }));

test("invalid drafts in the storage are ignored", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    await page.evaluate(() => {
      for (const name of ["new", "rejected:1", "task:1"]) sessionStorage.setItem(`draft:${name}`, '{"title": 1');
      sessionStorage.setItem("draft:rejected:2", "[]");
    });

    await page.reload();

    assert.deepEqual(await taskTitles(page), ["Bake bread"]);
    await addTask(page, "Water the plants");
  }));

test("text is shown in the direction of its script", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "לאפות לחם", "שיפון");
    const directions = () =>
      page
        .locator(".task-title, [data-description], textarea")
        .evaluateAll((elements) => elements.map((element) => getComputedStyle(element).direction));

    assert.deepEqual(await directions(), ["ltr", "ltr", "rtl", "rtl"]);
    await fillFields(addForm(page), "לאפות לחם", "שיפון");
    assert.deepEqual(await directions(), ["rtl", "rtl", "rtl", "rtl"]);
  }));

test("the description field grows with its lines, even without field-sizing", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const heightOf = async (description: string) => {
      await fillFields(addForm(page), "Bake bread", description);
      return addForm(page)
        .getByLabel("Description")
        .evaluate((field) => {
          field.style.setProperty("field-sizing", "fixed");
          return field.clientHeight;
        });
    };

    assert((await heightOf("Rye\nCaraway\nSalt")) > (await heightOf("Rye")));
  }));

test("the delete button is visible on a touch screen", () =>
  withPage(
    async (page) => {
      await openAsNewUser(page);
      await addTask(page, "Bake bread");
      await addForm(page).getByLabel("Title").focus();

      assert.equal(await deleteButton(page, "Bake bread").evaluate((button) => getComputedStyle(button).opacity), "1");
    },
    { viewport: { width: 1180, height: 820 }, isMobile: true, hasTouch: true },
  ));

test("without JavaScript, the password does not appear in a URL", () =>
  withPage(
    async (page) => {
      const { email, password } = newUser();
      const urls: string[] = [];
      page.on("request", (request) => urls.push(request.url()));
      await page.goto("/sign-in");

      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.waitForLoadState();

      assert(
        urls.every((url) => !url.includes(password)),
        String(urls),
      );
      assert(page.url().startsWith(`${FRONTEND_URL}/sign-in`));
      assert(!page.url().includes(email));
    },
    { javaScriptEnabled: false },
  ));

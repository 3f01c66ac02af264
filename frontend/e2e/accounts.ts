import assert from "node:assert/strict";
import { test } from "node:test";

import { waitUntilReady, withPage } from "./browser";
import { FRONTEND_URL, frontend, waitUntil } from "./servers";
import { addForm, addTask, fillFields } from "./task-page";
import { newUser, openAsNewUser, signIn } from "./users";

const TOO_MANY_COOKIES = "Your browser sends too many cookies. Please delete those of this site.";

test("a password can be shown while it is typed", () =>
  withPage(async (page) => {
    await page.goto("/sign-up");
    await waitUntilReady(page);
    const password = page.getByLabel("Password", { exact: true });
    await password.fill("sourdough");

    await page.getByRole("button", { name: "Show what is typed" }).click();

    assert.equal(await password.getAttribute("type"), "text");
    assert.equal(await password.inputValue(), "sourdough");
  }));

for (const [name, change, message] of [
  ["a name that would not fit into a token", { name: "A".repeat(9000) }, "A name has at most 100 characters"],
  ["a password that is easy to guess", { password: "Password" }, "This password is easy to guess"],
  [
    "the e-mail as password",
    { email: "ada@example.com", password: "ada@example.com" },
    "This password is easy to guess",
  ],
] as const) {
  test(`${name} is refused`, () =>
    withPage(async (page) => {
      const data = { ...newUser(), ...change };

      const response = await page.request.post("/api/auth/sign-up/email", { data, headers: { Origin: FRONTEND_URL } });

      assert.equal(response.status(), 400);
      assert.match(((await response.json()) as { message: string }).message, new RegExp(message));
    }));
}

test("a user without the password gets a link to a new one", () =>
  frontend.whileRunningWith({ DEMO: "1" }, () =>
    withPage(async (page, context) => {
      const user = newUser();
      await page.request.post("/api/auth/sign-up/email", { data: user, headers: { Origin: FRONTEND_URL } });
      await context.clearCookies();
      await page.goto("/sign-in");
      await page.getByRole("link", { name: "Forgot your password?" }).click();
      await page.getByRole("heading", { name: "A new password" }).waitFor();
      await waitUntilReady(page);
      await page.getByLabel("E-mail").fill(user.email);
      await page.getByRole("button", { name: "Send me a link" }).click();
      await page.getByText("is on its way").waitFor();
      const link = () => /https?:\/\/\S*reset-password\S*/.exec(frontend.output)?.[0];
      await waitUntil(async () => link() !== undefined, "no mail is printed");

      await page.goto(link() ?? "");
      await page.getByLabel("Password", { exact: true }).waitFor();
      await page.getByLabel("Password", { exact: true }).fill("a password that is new");
      await page.getByRole("button", { name: "Save it" }).click();
      await page.getByText("Your new password is saved.").waitFor();
      await page.goto("/sign-in");
      await signIn(page, { ...user, password: "a password that is new" });
    }),
  ));

test("where no mail can be sent, no new password is offered", () =>
  withPage(async (page) => {
    await page.goto("/sign-in");

    assert.equal(await page.getByText("Forgot your password?").count(), 0);
    assert.equal((await page.goto("/forgot-password"))?.status(), 404);
  }));

test("a browser that keeps no cookies is told so", () =>
  withPage(async (page, context) => {
    const user = await openAsNewUser(page);
    await context.clearCookies();
    await page.goto("/sign-in");
    await waitUntilReady(page);
    await page.route("**/api/auth/get-session", (route) => route.fulfill({ json: null }));

    await page.getByLabel("E-mail").fill(user.email);
    await page.getByLabel("Password", { exact: true }).fill(user.password);
    await page.getByRole("button", { name: "Sign in" }).click();

    await page.getByRole("alert").getByText("Your browser keeps no cookies for this site.").waitFor();
  }));

test("too many cookies are named", () =>
  withPage(async (page, context) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const cookies = ["a", "b", "c", "d", "e"].map((name) => ({ name, value: name.repeat(3_900) }));
    await context.addCookies(
      cookies.map((cookie) => ({ ...cookie, domain: "localhost", path: "/api/auth", sameSite: "Lax" as const })),
    );

    await page.reload();
    await fillFields(addForm(page), "Water the plants");
    await addForm(page).getByRole("button", { name: "Add" }).click();

    await page.getByRole("alert").getByText(TOO_MANY_COOKIES).waitFor();
    assert.equal(await addForm(page).getByLabel("Title").inputValue(), "Water the plants");
  }));

test("without JavaScript, the page says what it needs", async () => {
  // Chromium parses `noscript` as if scripts were allowed, where only its tests have forbidden them.
  const html = await (await fetch(`${FRONTEND_URL}/sign-in`)).text();

  assert.match(html, /<noscript>.*Daybreak needs JavaScript\..*<\/noscript>/);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeJwt, SignJWT } from "jose";
import type { Page } from "playwright-core";

import { withPage } from "./browser";
import { FRONTEND_URL, requiredEnv, SERVICE_URL } from "./servers";
import { addForm, addTask, fillFields, taskTitles } from "./task-page";
import { newUser, openAsNewUser } from "./users";

const TOKEN_URL = "**/api/auth/token";

test("one token serves several requests", () =>
  withPage(async (page) => {
    let fetched = 0;
    page.on("request", (request) => (fetched += Number(request.url().endsWith("/api/auth/token"))));
    await openAsNewUser(page);

    await addTask(page, "Water the plants");
    await addTask(page, "Bake bread");

    assert.equal(fetched, 1);
  }));

test("a token is renewed before it expires, so that no request is rejected", () =>
  withPage(async (page) => {
    const statuses: number[] = [];
    let fetched = 0;
    page.on("response", (response) => {
      if (response.url().startsWith(SERVICE_URL)) statuses.push(response.status());
      if (response.url().endsWith("/api/auth/token")) fetched += 1;
    });
    await page.route(TOKEN_URL, withLifetime(0, 62), { times: 1 });
    await openAsNewUser(page);
    await addTask(page, "Buy flour");

    await page.waitForTimeout(2500);
    await addTask(page, "Bake bread");

    assert.equal(fetched, 2);
    assert(!statuses.includes(401), String(statuses));
  }));

test("an expired token is renewed and the request repeated", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    const unauthorized = page.waitForResponse(
      (response) => response.url().startsWith(SERVICE_URL) && response.status() === 401,
    );
    await page.route(TOKEN_URL, withLifetime(4500, 900), { times: 1 });

    await page.reload();
    await unauthorized;
    await addTask(page, "Water the plants");

    assert.deepEqual(await taskTitles(page), ["Water the plants"]);
  }));

test("a token request without a response times out and is repeated", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await page.route(TOKEN_URL, () => new Promise(() => undefined), { times: 1 });

    await page.reload();
    await page.getByText("The server of this page is taking a break.").waitFor({ timeout: 20_000 });

    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
    await addTask(page, "Bake bread");
  }));

test("a page never acts for another user who has signed in in another tab", () =>
  withPage(async (page, context) => {
    const grace = newUser("Grace");
    await page.route(TOKEN_URL, withLifetime(0, 60), { times: 1 }); // The next request renews it.
    await openAsNewUser(page);
    // Without a word to this tab, as in a browser without BroadcastChannel.
    await context.clearCookies();
    await context.request.post("/api/auth/sign-up/email", { data: grace, headers: { Origin: FRONTEND_URL } });
    const otherTab = await context.newPage();
    const posted: string[] = [];
    page.on("request", (request) => {
      if (request.url().startsWith(SERVICE_URL) && request.method() === "POST") posted.push(request.url());
    });

    await fillFields(addForm(page), "A secret of Ada's");
    const navigated = page.waitForEvent("framenavigated");
    await addForm(page).getByRole("button", { name: "Add" }).click();
    await navigated;
    await page.getByTitle("Signed in as Grace").waitFor();

    assert.equal(await addForm(page).getByLabel("Title").inputValue(), "");
    assert.deepEqual(posted, []);
    await otherTab.goto("/");
    await otherTab.getByRole("heading", { name: "Nothing to do" }).waitFor();
  }));

test("the secret stays on the server, and the token has only the necessary claims", () =>
  withPage(async (page) => {
    const texts: Promise<string>[] = [];
    page.on("response", (response) => texts.push(response.text().catch(() => "")));
    await openAsNewUser(page);

    const { token } = (await (await page.request.get("/api/auth/token")).json()) as { token: string };

    const secret = requiredEnv("BETTER_AUTH_SECRET");
    assert.equal(
      (await Promise.all(texts)).some((text) => text.includes(secret)),
      false,
    );
    const claims = ["aud", "email", "exp", "iat", "iss", "name", "sub"];
    assert.deepEqual(Object.keys(decodeJwt(token)).sort(), claims);
  }));

/** Responds with a token that looks as if it was issued `ago` seconds ago, for `lifetime` seconds. */
function withLifetime(ago: number, lifetime: number): Parameters<Page["route"]>[1] {
  return async (route) => {
    const { token } = (await (await route.fetch()).json()) as { token: string };
    const iat = Math.floor(Date.now() / 1000) - ago;
    const changed = await new SignJWT({ ...decodeJwt(token), iat, exp: iat + lifetime })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .sign(new TextEncoder().encode(requiredEnv("BETTER_AUTH_SECRET")));
    await route.fulfill({ json: { token: changed } });
  };
}

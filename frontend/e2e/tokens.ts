import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeJwt, SignJWT } from "jose";
import type { Page } from "playwright-core";

import { withPage } from "./browser";
import { add, join, newTask, signIn, titles, type } from "./person";
import { FRONTEND, given, SERVICE } from "./stack";

const TOKEN = "**/api/auth/token";

test("one token serves until it is about to expire", () =>
  withPage(async (page) => {
    let fetched = 0;
    page.on("request", (request) => (fetched += Number(request.url().endsWith("/api/auth/token"))));
    await join(page);

    await add(page, "Water the plants");
    await add(page, "Bake bread");

    assert.equal(fetched, 1);
  }));

test("an expired token is renewed without a word", () =>
  withPage(async (page) => {
    await join(page);
    const refused = page.waitForResponse(
      (response) => response.url().startsWith(SERVICE) && response.status() === 401,
    );
    await page.route(TOKEN, expired, { times: 1 });

    await page.reload();
    await refused;
    await add(page, "Water the plants");

    assert.deepEqual(await titles(page), ["Water the plants"]);
  }));

test("a session that has ended leads to sign-in and back, and what was typed is still there", () =>
  withPage(async (page, context) => {
    const person = await join(page);
    await page.route(TOKEN, expired, { times: 1 });
    await page.reload();
    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
    await type(newTask(page), "Bake bread", "Rye");
    await endSession(page);

    await newTask(page).getByRole("button", { name: "Add" }).click();
    await page.waitForURL("**/sign-in?next=%2F");
    await page.getByText("Your session has ended").waitFor();
    await signIn(page, person);

    assert.equal(await newTask(page).getByLabel("Title").inputValue(), "Bake bread");
    assert.equal(await newTask(page).getByLabel("Description").inputValue(), "Rye");
    await newTask(page).getByRole("button", { name: "Add" }).click();
    assert.deepEqual(await titles(page), ["Bake bread"]);
    assert.equal((await context.cookies()).every(({ httpOnly }) => httpOnly), true);

    /** The session's cookie goes, and with the next request the service refuses the token. */
    async function endSession(signedIn: Page): Promise<void> {
      await context.clearCookies();
      await signedIn.route(`${SERVICE}/api/tasks`, async (route) => {
        const headers = { ...route.request().headers(), authorization: "Bearer of.an.old-token" };
        await route.continue(route.request().method() === "POST" ? { headers } : {});
      }, { times: 2 });
    }
  }));

test("sign-in leads back to a page of ours, and nowhere else", () =>
  withPage(async (page) => {
    const person = await join(page);

    for (const next of ["//evil.invalid", "/.//evil.invalid/x", "/a/..//evil.invalid", "https://evil.invalid"]) {
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await signIn(page, person, /^(?!.*sign-in)/);

      assert.equal(new URL(page.url()).origin, FRONTEND, next);
    }
  }));

test("the secret stays on the server, and the token says no more than it has to", () =>
  withPage(async (page) => {
    const texts: Promise<string>[] = [];
    page.on("response", (response) => texts.push(response.text().catch(() => "")));
    await join(page);

    const { token } = (await (await page.request.get("/api/auth/token")).json()) as { token: string };

    const secret = given("BETTER_AUTH_SECRET");
    assert.equal((await Promise.all(texts)).some((text) => text.includes(secret)), false);
    const claims = ["aud", "email", "exp", "iat", "iss", "name", "sub"];
    assert.deepEqual(Object.keys(decodeJwt(token)).sort(), claims);
  }));

/** Better Auth's own token, as it would be an hour later. */
async function expired(route: Parameters<Parameters<Page["route"]>[1]>[0]): Promise<void> {
  const { token } = (await (await route.fetch()).json()) as { token: string };
  const longAgo = Math.floor(Date.now() / 1000) - 3600;
  const old = await new SignJWT({ ...decodeJwt(token), iat: longAgo - 900, exp: longAgo })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(given("BETTER_AUTH_SECRET")));
  await route.fulfill({ json: { token: old } });
}

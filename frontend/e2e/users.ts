import { randomUUID } from "node:crypto";

import type { Page } from "playwright-core";

import { waitUntilReady } from "./browser";
import { FRONTEND_URL } from "./servers";

export interface User {
  name: string;
  email: string;
  password: string;
}

export function newUser(name = "Ada"): User {
  return { name, email: `${randomUUID()}@example.com`, password: randomUUID() };
}

/** Signs up with the form. */
export async function signUp(page: Page, user: User = newUser()): Promise<User> {
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(user.name);
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
  return user;
}

/** Signs up with a request, which is faster than the form, and opens the task page. */
export async function openAsNewUser(page: Page, user: User = newUser(), text = "Nothing to do"): Promise<User> {
  const headers = { Origin: FRONTEND_URL };
  await page.request.post("/api/auth/sign-up/email", { data: user, headers });
  await page.goto("/");
  await page.getByText(text).first().waitFor();
  await waitUntilReady(page);
  return user;
}

/** Signs in with the form of the current page, which then leads to `url`. */
export async function signIn(page: Page, user: User, url: string | RegExp = `${FRONTEND_URL}/`): Promise<void> {
  await waitUntilReady(page);
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password", { exact: true }).fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(url);
  if (url === `${FRONTEND_URL}/`) await waitUntilReady(page);
}

import { randomUUID } from "node:crypto";

import type { Locator, Page } from "playwright-core";

import { FRONTEND, SERVICE } from "./servers";

export interface Person {
  name: string;
  email: string;
  password: string;
}

export function somebody(name = "Ada"): Person {
  return { name, email: `${randomUUID()}@example.com`, password: randomUUID() };
}

export async function signUp(page: Page, person: Person = somebody()): Promise<Person> {
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
  return person;
}

/** A page of somebody new, who has signed up behind the scenes. */
export async function join(page: Page, person: Person = somebody()): Promise<Person> {
  const headers = { Origin: FRONTEND };
  await page.request.post("/api/auth/sign-up/email", { data: person, headers });
  await page.goto("/");
  await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
  return person;
}

/** On the page for it, wherever it leads afterwards. */
export async function signIn(page: Page, person: Person, to: string | RegExp = `${FRONTEND}/`): Promise<void> {
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(to);
}

export async function type(form: Locator, title: string, description = ""): Promise<void> {
  await form.getByLabel("Title").fill(title);
  await form.getByLabel("Description").fill(description);
}

/** Adds a task, and returns when the service has it. */
export async function add(page: Page, title: string, description = ""): Promise<void> {
  await type(newTask(page), title, description);
  await newTask(page).getByRole("button", { name: "Add" }).click();
  await kept(page, title);
}

export const newTask = (page: Page) => page.getByRole("form", { name: "Add a task" });
export const editor = (page: Page) => page.getByRole("form", { name: "Edit" });
export const row = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });
export const box = (page: Page, title: string) =>
  page.getByRole("checkbox", { name: `Done: ${title}`, exact: true });
export const words = (page: Page, title: string) =>
  page.getByRole("button", { name: `Edit “${title}”`, exact: true });
export const bin = (page: Page, title: string) =>
  page.getByRole("button", { name: `Delete “${title}”`, exact: true });

/** Waits until the service has said yes to what was done to a task. */
export async function kept(page: Page, title: string): Promise<void> {
  await row(page, title).and(page.locator("[aria-busy=false]")).waitFor();
}

export async function titles(page: Page): Promise<string[]> {
  await page.getByRole("list", { name: "Your tasks" }).waitFor();
  const texts = await page.locator("[data-title]").allTextContents();
  return texts.map((text) => text.trim());
}

/** Asks the Tasks API as a script of this page does, with the token of who is signed in there. */
export async function ask(
  page: Page,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; headers: Record<string, string>; body: unknown }> {
  return page.evaluate(
    async ([url, verb, json]) => {
      const { token } = await (await fetch("/api/auth/token")).json();
      const response = await fetch(url, {
        method: verb,
        credentials: "include",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: json,
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: text ? JSON.parse(text) : null,
      };
    },
    [SERVICE + path, method, body === undefined ? null : JSON.stringify(body)] as const,
  );
}

export async function idOf(page: Page, title: string): Promise<number> {
  return Number(await row(page, title).getAttribute("data-task"));
}

/** Comes back to this page, as from another tab; what has changed elsewhere is seen then. */
export async function lookAgain(page: Page): Promise<void> {
  const seen = page.waitForResponse(
    (response) => response.url() === `${SERVICE}/api/tasks` && response.request().method() === "GET",
  );
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  await seen;
}

/** Lets requests of this kind wait, until the function that it returns is called. */
export async function hold(page: Page, method: string, address: string): Promise<() => void> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(address, async (route) => {
    if (route.request().method() === method) await released;
    await route.fallback();
  });
  return release;
}

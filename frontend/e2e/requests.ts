import type { Page, Request } from "playwright-core";

import { SERVICE_URL } from "./servers";

/** Calls the Tasks API from a script in the page, with the token of the user who is signed in there. */
export async function callApi(
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
    [SERVICE_URL + path, method, body === undefined ? null : JSON.stringify(body)] as const,
  );
}

/** Tells whether this is a request for the list or for a page of it. */
export function isListRequest(request: Request): boolean {
  const { origin, pathname } = new URL(request.url());
  return request.method() === "GET" && origin === SERVICE_URL && pathname === "/api/tasks";
}

/** Makes the page refetch the list, as it does when the user returns from another tab. */
export async function refetchList(page: Page): Promise<void> {
  const fetched = page.waitForResponse((response) => isListRequest(response.request()));
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  await fetched;
}

/** Holds requests to this URL back until the returned function is called. */
export async function holdRequests(page: Page, method: string, url: string): Promise<() => void> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(url, async (route) => {
    if (route.request().method() === method) await released;
    await route.fallback();
  });
  return release;
}

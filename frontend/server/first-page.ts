import { headers } from "next/headers";
import createClient from "openapi-fetch";

import type { paths } from "@/tasks/api-types";
import { FIRST_PAGE_SIZE, type TaskList } from "@/tasks/task";

import { auth } from "./auth";
import { tasksApiUrl } from "./settings";

const TIMEOUT_MS = 1_000;
/** How long the service is left alone after it did not respond, so that not every page waits for it. */
const PAUSE_MS = 30_000;

let pausedUntil = 0;

/**
 * The first page of the list comes with the page, which saves two round trips. If the service is away or
 * slow, or this server cannot reach it, the browser asks for the list.
 */
export async function firstPage(): Promise<TaskList | undefined> {
  if (Date.now() < pausedUntil) return undefined;
  try {
    const { token } = await auth().api.getToken({ headers: await headers() });
    const api = createClient<paths>({ baseUrl: tasksApiUrl() });
    const { data, response } = await api.GET("/api/tasks", {
      params: { query: { limit: FIRST_PAGE_SIZE } },
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cache: "no-store",
    });
    if (!data) return undefined;
    return { tasks: data.data, version: response.headers.get("ETag"), next: data.next ?? null };
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") pausedUntil = Date.now() + PAUSE_MS;
    return undefined;
  }
}

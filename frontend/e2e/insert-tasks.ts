import { decodeJwt } from "jose";
import { Client } from "pg";
import type { Page } from "playwright-core";

import { requiredEnv } from "./servers";

/** Inserts tasks of the signed-in user into the database directly, because the service would take a minute. */
export async function insertTasks(page: Page, count: number, description = "Its description"): Promise<void> {
  const { token } = (await (await page.request.get("/api/auth/token")).json()) as { token: string };
  const client = new Client({ connectionString: requiredEnv("DATABASE_URL") });
  await client.connect();
  try {
    await client.query(
      "INSERT INTO tasks (user_id, title, description) SELECT $1, 'Task ' || n, $3 FROM generate_series(1, $2::int) n",
      [decodeJwt(token).sub, count, description],
    );
  } finally {
    await client.end();
  }
}

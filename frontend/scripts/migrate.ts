/** `npm run migrate`: Better Auth's tables, before `tasks-api migrate` adds a foreign key to them. */
import { getMigrations } from "better-auth/db/migration";

import { authOptions } from "../lib/auth";
import { settings } from "../lib/settings";

async function migrate(): Promise<void> {
  const options = authOptions(settings());
  try {
    const { runMigrations } = await getMigrations(options);
    await runMigrations();
  } finally {
    await options.database.end();
  }
}

migrate().catch((error: unknown) => {
  console.error(`Better Auth cannot migrate: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

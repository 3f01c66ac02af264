/** Creates the tables of Better Auth. Run it before `tasks-api migrate`, which refers to these tables. */
import { getMigrations } from "better-auth/db/migration";

import { authOptions } from "../server/auth";
import { readSettings } from "../server/settings";

async function migrate(): Promise<void> {
  const options = authOptions(readSettings());
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

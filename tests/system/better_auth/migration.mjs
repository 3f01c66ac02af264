// What `npx auth migrate` does: Better Auth compares its options with the database, and adds.

import { jwt } from "better-auth/plugins";
import { getMigrations } from "better-auth/db/migration";

import { databaseOptions } from "./database.mjs";

export async function migrate(given) {
  const warnings = [];
  const options = {
    ...databaseOptions(given),
    plugins: [jwt()],
    logger: { log: (_level, message) => warnings.push(message) },
  };
  try {
    const { toBeCreated, toBeAdded, runMigrations } = await getMigrations(options);
    await runMigrations();
    return {
      created: toBeCreated.map(({ table }) => table).sort(),
      added: toBeAdded.flatMap(({ fields }) => Object.keys(fields)),
      warnings,
    };
  } finally {
    await options.database.end();
  }
}

// Where Better Auth keeps its users: the name of their table, and the kind of their ids.

import pg from "pg";

const snakeCase = {
  emailVerified: "email_verified",
  createdAt: "created_at",
  updatedAt: "updated_at",
};

// The options of Better Auth for these, as its documentation has them.
export function databaseOptions({ databaseUrl, users = "user", ids = "text" }) {
  const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  database.on("error", () => {}); // A test has dropped its database, connections and all.
  return {
    database,
    user: {
      deleteUser: { enabled: true },
      ...(users === "user" ? {} : { modelName: users, fields: snakeCase }),
    },
    advanced: { database: ids === "text" ? {} : { generateId: ids } },
  };
}

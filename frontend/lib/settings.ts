/** What the server is told by its environment. */
export interface Settings {
  databaseUrl: string;
  secret: string;
  /** Where people open this frontend. */
  url: string;
  /** Where their browsers find the Tasks API. */
  tasksApiUrl: string;
}

/**
 * Read when a request needs it, and not at build time: one build serves every environment.
 *
 * @throws Error that names everything that is missing.
 */
export function settings(): Settings {
  const { DATABASE_URL: databaseUrl, BETTER_AUTH_SECRET: secret } = process.env;
  if (!databaseUrl || !secret) {
    const missing = Object.entries({ DATABASE_URL: databaseUrl, BETTER_AUTH_SECRET: secret })
      .filter(([, value]) => !value)
      .map(([name]) => name);
    throw new Error(`${missing.join(" and ")} must be set: see .env.example`);
  }
  return { databaseUrl, secret, url: frontendUrl(), tasksApiUrl: tasksApiUrl() };
}

export function frontendUrl(): string {
  return origin(process.env.BETTER_AUTH_URL ?? "http://localhost:3000");
}

export function tasksApiUrl(): string {
  return origin(process.env.TASKS_API_URL ?? "http://127.0.0.1:8000");
}

function origin(url: string): string {
  return new URL(url).origin;
}

/** What the server is told by its environment. */
export interface Settings {
  databaseUrl: string;
  secret: string;
  /** Where people open this frontend. */
  url: string;
  /** Where their browsers find the Tasks API. */
  tasksApiUrl: string;
  /** The proxies that people come through: addresses, or ranges of them. */
  trustedProxies: string[];
}

const NEEDED = ["DATABASE_URL", "BETTER_AUTH_SECRET"];
/** What has a default on the machine of who works on this, and none that could be right elsewhere. */
const NEEDED_IN_PRODUCTION = ["BETTER_AUTH_URL", "TASKS_API_URL"];

/**
 * Read when the server starts or a request needs it, and not at build time: one build serves every
 * environment.
 *
 * @throws Error that names everything that is missing.
 */
export function settings(): Settings {
  const needed = isProduction() ? [...NEEDED, ...NEEDED_IN_PRODUCTION] : NEEDED;
  const missing = needed.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`${missing.join(" and ")} must be set: see .env.example`);
  const { DATABASE_URL: databaseUrl = "", BETTER_AUTH_SECRET: secret = "" } = process.env;
  return { databaseUrl, secret, url: frontendUrl(), tasksApiUrl: tasksApiUrl(), trustedProxies: trustedProxies() };
}

export function tasksApiUrl(): string {
  return origin("TASKS_API_URL", "http://127.0.0.1:8000");
}

export function trustedProxies(): string[] {
  const entries = (process.env.TRUSTED_PROXIES ?? "").split(",").map((entry) => entry.trim());
  return entries.filter(Boolean);
}

function frontendUrl(): string {
  return origin("BETTER_AUTH_URL", "http://localhost:3000");
}

function origin(name: string, otherwise: string): string {
  const url = process.env[name] || otherwise;
  if (!URL.canParse(url)) throw new Error(`${name} must be an address such as ${otherwise}`);
  return new URL(url).origin;
}

function isProduction(): boolean {
  return process.env.NODE_ENV === "production";
}

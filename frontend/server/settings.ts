/** The settings of the server, from environment variables. */
export interface Settings {
  databaseUrl: string;
  secret: string;
  /** The address at which users open this frontend. */
  url: string;
  /** The address at which their browsers reach the Tasks API. */
  tasksApiUrl: string;
  /** The addresses of the reverse proxies, or ranges of addresses. */
  trustedProxies: string[];
}

const REQUIRED = ["DATABASE_URL", "BETTER_AUTH_SECRET"];
/** These have defaults for development, which would be wrong anywhere else. */
const REQUIRED_IN_PRODUCTION = ["BETTER_AUTH_URL", "TASKS_API_URL"];

/**
 * Reads the settings. Call this when the server runs and not at build time, because one build serves
 * every environment.
 *
 * @throws Error that names every missing setting.
 */
export function readSettings(): Settings {
  const required = process.env.NODE_ENV === "production" ? [...REQUIRED, ...REQUIRED_IN_PRODUCTION] : REQUIRED;
  const missing = required.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`${missing.join(" and ")} must be set: see .env.example`);
  const { DATABASE_URL: databaseUrl = "", BETTER_AUTH_SECRET: secret = "" } = process.env;
  const url = origin("BETTER_AUTH_URL", "http://localhost:3000");
  const proxies = (process.env.TRUSTED_PROXIES ?? "").split(",").map((entry) => entry.trim());
  return { databaseUrl, secret, url, tasksApiUrl: tasksApiUrl(), trustedProxies: proxies.filter(Boolean) };
}

export function tasksApiUrl(): string {
  return origin("TASKS_API_URL", "http://127.0.0.1:8000");
}

/** `make demo` sets it: a visitor is a guest with a list, and a panel takes the service away. */
export function isDemo(): boolean {
  return process.env.DEMO === "1";
}

function origin(name: string, fallback: string): string {
  const url = process.env[name] || fallback;
  if (!URL.canParse(url)) throw new Error(`${name} must be a URL such as ${fallback}`);
  return new URL(url).origin;
}

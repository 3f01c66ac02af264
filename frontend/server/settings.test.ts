import assert from "node:assert/strict";
import { test } from "vitest";

import { readSettings } from "./settings";

const COMPLETE = {
  DATABASE_URL: "postgresql://user@host/tasks",
  BETTER_AUTH_SECRET: "a secret",
  BETTER_AUTH_URL: "https://app.example.com/",
  TASKS_API_URL: "https://api.example.com",
};

function setEnvironment(environment: Record<string, string>): void {
  process.env = environment as NodeJS.ProcessEnv;
}

test("a URL is reduced to its origin", () => {
  setEnvironment({ ...COMPLETE, NODE_ENV: "production" });

  assert.equal(readSettings().url, "https://app.example.com");
});

test("the URLs have defaults in development", () => {
  setEnvironment({ DATABASE_URL: COMPLETE.DATABASE_URL, BETTER_AUTH_SECRET: "a secret" });

  assert.equal(readSettings().url, "http://localhost:3000");
});

test("one error names every setting that is missing in production", () => {
  setEnvironment({ ...COMPLETE, BETTER_AUTH_URL: "", TASKS_API_URL: "", NODE_ENV: "production" });

  assert.throws(readSettings, { message: "BETTER_AUTH_URL and TASKS_API_URL must be set: see .env.example" });
});

test("an error names the setting whose URL is invalid", () => {
  setEnvironment({ ...COMPLETE, BETTER_AUTH_URL: "app.example.com", NODE_ENV: "production" });

  assert.throws(readSettings, /^Error: BETTER_AUTH_URL must be a URL/);
});

test("trusted proxies are separated by commas", () => {
  setEnvironment({ ...COMPLETE, TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.1" });

  assert.deepEqual(readSettings().trustedProxies, ["10.0.0.0/8", "192.0.2.1"]);
});

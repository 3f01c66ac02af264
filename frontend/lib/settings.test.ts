import assert from "node:assert/strict";
import { test } from "node:test";

import { settings } from "./settings";

const GIVEN = {
  DATABASE_URL: "postgresql://user@host/tasks",
  BETTER_AUTH_SECRET: "a secret",
  BETTER_AUTH_URL: "https://app.example.com/",
  TASKS_API_URL: "https://api.example.com",
};

function told(environment: Record<string, string>): void {
  process.env = environment as NodeJS.ProcessEnv;
}

test("addresses are origins", () => {
  told({ ...GIVEN, NODE_ENV: "production" });

  assert.equal(settings().url, "https://app.example.com");
});

test("where this is developed, the addresses have defaults", () => {
  told({ DATABASE_URL: GIVEN.DATABASE_URL, BETTER_AUTH_SECRET: "a secret" });

  assert.equal(settings().url, "http://localhost:3000");
});

test("in production, everything that is missing is named at once", () => {
  told({ ...GIVEN, BETTER_AUTH_URL: "", TASKS_API_URL: "", NODE_ENV: "production" });

  assert.throws(settings, { message: "BETTER_AUTH_URL and TASKS_API_URL must be set: see .env.example" });
});

test("an address that is none is named", () => {
  told({ ...GIVEN, BETTER_AUTH_URL: "app.example.com", NODE_ENV: "production" });

  assert.throws(settings, /^Error: BETTER_AUTH_URL must be an address/);
});

test("proxies are trusted by name", () => {
  told({ ...GIVEN, TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.1" });

  assert.deepEqual(settings().trustedProxies, ["10.0.0.0/8", "192.0.2.1"]);
});

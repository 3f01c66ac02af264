import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { promisify } from "node:util";

import { withPage } from "./browser";
import { FRONTEND_SCRIPT, FRONTEND_URL, frontend, ServerProcess, UNREACHABLE_DATABASE } from "./servers";
import { addTask, taskTitles } from "./task-page";
import { newUser, openAsNewUser } from "./users";

const MAX_ATTEMPTS = 20;

test("a server without BETTER_AUTH_URL does not start and names the missing setting", async () => {
  const environment: NodeJS.ProcessEnv = { ...process.env, PORT: String(await freePort()) };
  delete environment.BETTER_AUTH_URL;

  const starting = promisify(execFile)(process.execPath, [FRONTEND_SCRIPT], { env: environment, timeout: 20_000 });

  await assert.rejects(starting, (error: { code: number; stderr: string }) => {
    assert.match(error.stderr, /^The frontend cannot start: BETTER_AUTH_URL must be set: see \.env\.example$/m);
    return error.code === 1;
  });
});

test("a client cannot evade the rate limit on signing in with forged addresses", async () => {
  await withServer({}, async (url) => {
    const statuses = await tryPasswords(url, (attempt) => `198.51.100.${attempt}`);

    assert.deepEqual([...new Set(statuses)], [401, 429]);
    assert.equal(statuses.indexOf(429), MAX_ATTEMPTS);
  });
});

test("behind a trusted proxy, each client has its own rate limit on signing in", async () => {
  await withServer({ TRUSTED_PROXIES: "127.0.0.1" }, async (url) => {
    const manyClients = await tryPasswords(url, (attempt) => `198.51.100.${attempt}`);
    const oneClient = await tryPasswords(url, (attempt) => `203.0.113.${attempt}, 192.0.2.1`);

    assert.deepEqual([...new Set(manyClients)], [401]);
    assert.equal(oneClient.indexOf(429), MAX_ATTEMPTS);
  });
});

test("an error page with a retry button is shown when the database of the users is down", () =>
  withPage(
    async (page) => {
      await openAsNewUser(page);
      await addTask(page, "Bake bread");

      await frontend.whileRunningWith({ DATABASE_URL: UNREACHABLE_DATABASE }, async () => {
        await page.goto("/");
        await page.getByRole("heading", { name: "This page cannot be shown right now" }).waitFor();
      });
      await page.getByRole("button", { name: "Try again" }).click();

      assert.deepEqual(await taskTitles(page), ["Bake bread"]);
    },
    {},
    /React error #441/,
  )); // The error of React for a page that the server cannot render.

test("a browser that sends too many cookies is told so", () =>
  withPage(async (page, context) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");
    const others = Array.from({ length: 5 }, (_, index) => `of-another-program-${index}`);
    await context.addCookies(others.map((name) => ({ name, value: "x".repeat(3_900), url: FRONTEND_URL })));

    const response = await page.goto("/");
    await page.getByRole("heading", { name: "Too many cookies" }).waitFor();
    for (const name of others) await context.clearCookies({ name });
    await page.getByRole("link", { name: "Try again" }).click();

    assert.equal(response?.status(), 431);
    assert.deepEqual(await taskTitles(page), ["Bake bread"]);
  }));

/** Tries one password more than the limit allows, and returns the status of each response. */
async function tryPasswords(url: string, forwardedFor: (attempt: number) => string): Promise<number[]> {
  const statuses: number[] = [];
  for (let attempt = 1; attempt <= MAX_ATTEMPTS + 1; attempt += 1) {
    const response = await fetch(`${url}/api/auth/sign-in/email`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Origin: FRONTEND_URL,
        "X-Forwarded-For": forwardedFor(attempt),
        "X-Client-Address": forwardedFor(attempt),
      },
      body: JSON.stringify(newUser()),
    });
    statuses.push(response.status);
  }
  return statuses;
}

/** Starts another frontend, so that its rate limits do not affect the other scenarios. */
async function withServer(
  environment: Record<string, string>,
  scenario: (url: string) => Promise<void>,
): Promise<void> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const command = [process.execPath, FRONTEND_SCRIPT];
  const server = new ServerProcess(command, { PORT: port, HOSTNAME: "127.0.0.1" }, `${url}/icon.svg`);
  await server.start(environment);
  await scenario(url).finally(() => server.stop());
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, "close");
  return port;
}

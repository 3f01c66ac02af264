import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import { promisify } from "node:util";

import { withPage } from "./browser";
import { frontend, FRONTEND_SCRIPT, FRONTEND_URL, ServerProcess, UNREACHABLE_DATABASE } from "./servers";
import { addTask, taskTitles } from "./task-page";
import { newUser, openAsNewUser } from "./users";

const MOST_ATTEMPTS = 20;

test("a server that does not know its own address does not start, and says why", async () => {
  const environment: NodeJS.ProcessEnv = { ...process.env, PORT: String(await freePort()) };
  delete environment.BETTER_AUTH_URL;

  const starting = promisify(execFile)(process.execPath, [FRONTEND_SCRIPT], { env: environment, timeout: 20_000 });

  await assert.rejects(starting, (error: { code: number; stderr: string }) => {
    assert.match(error.stderr, /^The frontend cannot start: BETTER_AUTH_URL must be set: see \.env\.example$/m);
    return error.code === 1;
  });
});

test("a client that makes up addresses has no more attempts to sign in than another", async () => {
  await withServer({}, async (url) => {
    const statuses = await guesses(url, (attempt) => `198.51.100.${attempt}`);

    assert.deepEqual([...new Set(statuses)], [401, 429]);
    assert.equal(statuses.indexOf(429), MOST_ATTEMPTS);
  });
});

test("behind a proxy that is trusted, each of its clients has attempts of its own", async () => {
  await withServer({ TRUSTED_PROXIES: "127.0.0.1" }, async (url) => {
    const ofMany = await guesses(url, (attempt) => `198.51.100.${attempt}`);
    const ofOne = await guesses(url, (attempt) => `203.0.113.${attempt}, 192.0.2.1`);

    assert.deepEqual([...new Set(ofMany)], [401]);
    assert.equal(ofOne.indexOf(429), MOST_ATTEMPTS);
  });
});

test("where the users cannot be asked for, the page says so, and can be tried again", () =>
  withPage(async (page) => {
    await openAsNewUser(page);
    await addTask(page, "Bake bread");

    await frontend.whileRunningWith({ DATABASE_URL: UNREACHABLE_DATABASE }, async () => {
      await page.goto("/");
      await page.getByRole("heading", { name: "This page cannot be shown just now" }).waitFor();
    });
    await page.getByRole("button", { name: "Try again" }).click();

    assert.deepEqual(await taskTitles(page), ["Bake bread"]);
  }, {}, /React error #441/)); // That the server could not make the page, and no more.

/** What came of trying one password more than is allowed, each time as from another address. */
async function guesses(url: string, forwardedFor: (attempt: number) => string): Promise<number[]> {
  const statuses: number[] = [];
  for (let attempt = 1; attempt <= MOST_ATTEMPTS + 1; attempt += 1) {
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

/** A frontend beside the others' one, whose limits they are not to feel. */
async function withServer(told: Record<string, string>, act: (url: string) => Promise<void>): Promise<void> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const server = new ServerProcess([process.execPath, FRONTEND_SCRIPT], { PORT: port, HOSTNAME: "127.0.0.1" }, `${url}/icon.svg`);
  await server.start(told);
  await act(url).finally(() => server.stop());
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, "close");
  return port;
}

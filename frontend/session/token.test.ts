// @vitest-environment happy-dom
import assert from "node:assert/strict";
import { afterEach, beforeEach, test, vi } from "vitest";

import { NetworkError, SignedOutError } from "@/tasks/api-error";

import { clearToken, getToken, renewToken, setTokenOwner } from "./token";

/** The client of Better Auth takes `fetch` when it is imported. */
const server = vi.hoisted(() => {
  const state = { respond: (): Response => Response.error(), requests: 0 };
  globalThis.fetch = async () => {
    state.requests += 1;
    return state.respond();
  };
  return state;
});

/** A token that is valid for 15 minutes. Nothing is signed here, and nothing is verified. */
function token(subject: string, serial = 0): string {
  return ["{}", JSON.stringify({ sub: subject, iat: 0, exp: 900, serial }), ""].map(btoa).join(".");
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  clearToken();
  setTokenOwner("ada");
  server.requests = 0;
  server.respond = () => Response.json({ token: token("ada", server.requests) });
});

afterEach(() => {
  vi.useRealTimers();
});

test("one token serves several requests, until a minute before it expires", async () => {
  const [first, second] = await Promise.all([getToken(), getToken()]);
  assert.equal(first, second);
  vi.setSystemTime(Date.now() + 13 * 60_000);
  assert.equal(await getToken(), first);
  vi.setSystemTime(Date.now() + 2 * 60_000);

  assert.notEqual(await getToken(), first);
  assert.equal(server.requests, 2);
});

test("a session that has ended is not taken for an outage", async () => {
  server.respond = () => Response.json({ code: "UNAUTHORIZED" }, { status: 401 });

  await assert.rejects(renewToken(), SignedOutError);
});

test("a server that does not respond is one that can be asked again", async () => {
  server.respond = () => new Response(null, { status: 503 });

  await assert.rejects(renewToken(), (error) => error instanceof NetworkError && error.server === "sign-in");
});

test("too many cookies are named", async () => {
  server.respond = () => new Response(null, { status: 431 });

  await assert.rejects(renewToken(), /too many cookies/);
});

test("the token of another user is never used", async () => {
  server.respond = () => Response.json({ token: token("grace") });

  await assert.rejects(getToken(), SignedOutError);
});

test("a token that the service has rejected is cleared, unless a newer one has replaced it", async () => {
  const old = await getToken();
  const newer = await renewToken();

  clearToken(old);
  assert.equal(await getToken(), newer);
  clearToken(newer);

  assert.notEqual(await getToken(), newer);
});

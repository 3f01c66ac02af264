import { decodeJwt } from "jose";

import { NetworkError, SignedOutError } from "@/tasks/api-error";
import { navigateTo } from "@/ui/navigation";

import { authClient } from "./auth-client";

const RENEW_BEFORE_EXPIRY_MS = 60_000;
/** Shorter than what a whole request may take, so that it is known which server is slow. */
const TIMEOUT_MS = 10_000;
export const TOO_MANY_COOKIES = "Your browser sends too many cookies. Please delete those of this site.";

let ownerId: string | undefined;
let cached: { token: string; renewAt: number } | undefined;
let pending: Promise<string> | undefined;

/**
 * Returns the token of the signed-in user, from memory until a minute before it expires.
 *
 * @throws SignedOutError if the session has ended, NetworkError if Better Auth is unavailable.
 */
export async function getToken(): Promise<string> {
  return cached && Date.now() < cached.renewAt ? cached.token : renewToken();
}

/** Asks Better Auth, which knows whether the session has been revoked. A token is valid until it expires. */
export function renewToken(): Promise<string> {
  pending ??= fetchToken().finally(() => {
    pending = undefined;
  });
  return pending;
}

/** Clears a token that the service has rejected, unless a newer one has replaced it. */
export function clearToken(rejected = cached?.token): void {
  if (cached?.token === rejected) cached = undefined;
}

/** Accepts only tokens of this user from now on, because another user may sign in in another tab. */
export function setTokenOwner(userId: string): void {
  ownerId = userId;
}

async function fetchToken(): Promise<string> {
  const { data, error } = await requestToken();
  if (error?.status === 401) throw new SignedOutError();
  if (error?.status === 431) throw new Error(TOO_MANY_COOKIES);
  if (!data) throw new NetworkError("sign-in", error ? `Status ${error.status}` : "No response");
  const { sub, exp = 0, iat = 0 } = decodeJwt(data.token);
  if (ownerId && sub !== ownerId) {
    navigateTo("/");
    throw new SignedOutError();
  }
  // The server's clock only, because the clock of this computer may be wrong.
  cached = { token: data.token, renewAt: Date.now() + (exp - iat) * 1000 - RENEW_BEFORE_EXPIRY_MS };
  return data.token;
}

async function requestToken() {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  const request = authClient.$fetch<{ token: string }>("/token", { signal: timeout.signal });
  return request.catch(() => ({ data: null, error: null })).finally(() => clearTimeout(timer));
}

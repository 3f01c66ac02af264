import { decodeJwt } from "jose";

import { SignedOutError } from "./api-error";
import { authClient } from "./auth-client";
import { navigateTo } from "./navigation";

const RENEW_BEFORE_EXPIRY_MS = 60_000;
const TIMEOUT_MS = 15_000;

let ownerId: string | undefined;

let cached: { token: string; renewAt: number } | undefined;
let pending: Promise<string> | undefined;

/**
 * Returns the token of the signed-in user, from memory until a minute before it expires.
 *
 * @throws SignedOutError if the session has ended, TypeError if Better Auth is unavailable.
 */
export async function getToken(): Promise<string> {
  if (cached && Date.now() < cached.renewAt) return cached.token;
  return (pending ??= fetchToken().finally(() => (pending = undefined)));
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
  const { data, error } = await authClient
    .$fetch<{ token: string }>("/token", { signal: AbortSignal.timeout(TIMEOUT_MS) })
    .catch(() => ({ data: null, error: null }));
  if (error?.status === 401) throw new SignedOutError();
  if (!data) throw new TypeError("Better Auth returned no token");
  if (ownerId && decodeJwt(data.token).sub !== ownerId) {
    navigateTo("/");
    throw new SignedOutError();
  }
  cached = { token: data.token, renewAt: Date.now() + lifetimeMs(data.token) - RENEW_BEFORE_EXPIRY_MS };
  return data.token;
}

/** Uses the server's clock only, because the clock of this computer may be wrong. */
function lifetimeMs(jwt: string): number {
  const { exp = 0, iat = 0 } = decodeJwt(jwt);
  return (exp - iat) * 1000;
}

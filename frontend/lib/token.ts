import { decodeJwt } from "jose";

import { SignedOutError } from "./api-error";
import { authClient } from "./auth-client";
import { navigateTo } from "./navigation";

const RENEW_BEFORE_MS = 60_000;
const PATIENCE_MS = 15_000;

let owner: string | undefined;

let current: { token: string; renewAt: number } | undefined;
let underway: Promise<string> | undefined;

/**
 * The token of who is signed in, from memory until shortly before it expires.
 *
 * @throws SignedOutError where nobody is, TypeError where Better Auth cannot answer just now.
 */
export async function token(): Promise<string> {
  if (current && Date.now() < current.renewAt) return current.token;
  return (underway ??= renewed().finally(() => (underway = undefined)));
}

/** Forget a token that was refused, but not the newer one that somebody else has fetched since. */
export function forgetToken(refused = current?.token): void {
  if (current?.token === refused) current = undefined;
}

/** From now on, only tokens of this user are used: another tab may have signed in somebody else. */
export function claimTokens(userId: string): void {
  owner = userId;
}

async function renewed(): Promise<string> {
  const { data, error } = await authClient
    .$fetch<{ token: string }>("/token", { signal: AbortSignal.timeout(PATIENCE_MS) })
    .catch(() => ({ data: null, error: null }));
  if (error?.status === 401) throw new SignedOutError();
  if (!data) throw new TypeError("Better Auth gave no token");
  if (owner && decodeJwt(data.token).sub !== owner) {
    navigateTo("/");
    throw new SignedOutError();
  }
  current = { token: data.token, renewAt: Date.now() + lifetime(data.token) - RENEW_BEFORE_MS };
  return data.token;
}

/** By the clock of the server alone, as this computer's may be wrong. */
function lifetime(jwt: string): number {
  const { exp = 0, iat = 0 } = decodeJwt(jwt);
  return (exp - iat) * 1000;
}

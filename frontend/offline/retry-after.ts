const MIN_SECONDS = 1;
const MAX_SECONDS = 60;
const MAX_JITTER = 0.25;

/**
 * Returns how many seconds a `Retry-After` header asks to wait, limited to 1 to 60. The header is a
 * number or a date (RFC 9110, section 10.2.3). The result is undefined when it is neither.
 */
export function parseRetryAfter(header: string | null, now = Date.now()): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, MIN_SECONDS), MAX_SECONDS);
}

/** Adds up to a quarter, so that clients do not all retry at the same moment. */
export function withJitter(seconds: number, random = Math.random()): number {
  return seconds * (1 + MAX_JITTER * random);
}

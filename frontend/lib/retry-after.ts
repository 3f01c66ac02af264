const SHORTEST = 1;
const LONGEST = 60;
const SPREAD = 0.25;

/**
 * How many seconds a `Retry-After` asks to wait (RFC 9110, section 10.2.3: a number, or a date), from
 * 1 to 60; undefined where it says nothing that can be understood.
 */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, SHORTEST), LONGEST);
}

/** Up to a quarter longer, so that not everybody comes back in the same instant. */
export function spread(seconds: number, chance = Math.random()): number {
  return seconds * (1 + SPREAD * chance);
}

/** 128 random bits. Not `randomUUID`, which browsers have on HTTPS and localhost alone. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Everything comes from here, but the answers of the Tasks API. */
export function contentSecurityPolicy(nonce: string, tasksApi: string): string {
  const developing = process.env.NODE_ENV === "development";
  return [
    "default-src 'none'",
    // The development server evaluates code and injects styles; the built frontend does neither.
    `script-src 'self' 'nonce-${nonce}'${developing ? " 'unsafe-eval'" : ""}`,
    `style-src 'self'${developing ? " 'unsafe-inline'" : ""}`,
    "img-src 'self' data:",
    "manifest-src 'self'",
    `connect-src 'self' ${tasksApi}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Allows resources from this origin only, and requests to the Tasks API. */
export function contentSecurityPolicy(nonce: string, tasksApi: string): string {
  const isDevelopment = process.env.NODE_ENV === "development";
  return [
    "default-src 'none'",
    // The development server uses `eval` and inline styles, the production build does not.
    `script-src 'self' 'nonce-${nonce}'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src 'self'${isDevelopment ? " 'unsafe-inline'" : ""}`,
    "img-src 'self' data:",
    // The development server shows errors in a font of its own.
    ...(isDevelopment ? ["font-src 'self'"] : []),
    "manifest-src 'self'",
    "worker-src 'self'",
    `connect-src 'self' ${tasksApi}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

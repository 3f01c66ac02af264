import { type NextRequest, NextResponse } from "next/server";

import { tasksApiUrl } from "@/server/settings";

/** Sets a Content-Security-Policy with a new nonce. Next.js reads it and adds the nonce to its scripts. */
export function proxy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy(crypto.randomUUID(), tasksApiUrl());
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

export const config = { matcher: "/((?!api/|_next/|icon.svg|service-worker.js|manifest.webmanifest).*)" };

/** Allows resources from this origin only, and requests to the Tasks API. */
function contentSecurityPolicy(nonce: string, tasksApi: string): string {
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

import { type NextRequest, NextResponse } from "next/server";

import { contentSecurityPolicy } from "@/server/content-security-policy";
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

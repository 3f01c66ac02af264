import { notFound } from "next/navigation";
import type { NextRequest } from "next/server";

import { auth } from "@/server/auth";
import { isDemo } from "@/server/settings";

/** Does what a button of the panel says. `make demo` stops the service and freezes the database. */
export async function POST(request: NextRequest): Promise<Response> {
  if (!isDemo()) notFound();
  const action = request.nextUrl.searchParams.get("action");
  if (action === "end-session") {
    await auth().api.revokeSessions({ headers: request.headers });
    return new Response(null, { status: 204 });
  }
  const control = await fetch(`${process.env.DEMO_CONTROL_URL}/${action}`, { method: "POST" });
  return new Response(null, { status: control.status });
}

import { randomUUID } from "node:crypto";

import { cookies } from "next/headers";
import { notFound } from "next/navigation";

import { addGuestTasks } from "@/demo/guest-tasks";
import { auth } from "@/server/auth";
import { isDemo } from "@/server/settings";

const COOKIE = "guest";

/** Signs a visitor of the demo in as a guest with a list of tasks: the one that this browser has been before, or a new one. */
export async function GET(): Promise<Response> {
  if (!isDemo()) notFound();
  const headers = (await signInAgain()) ?? (await signUp());
  headers.set("Location", "/");
  return new Response(null, { status: 303, headers });
}

async function signInAgain(): Promise<Headers | undefined> {
  const [id, password] = (await cookies()).get(COOKIE)?.value.split(":") ?? [];
  if (!id || !password) return undefined;
  const body = { email: emailOf(id), password };
  const answer = await auth()
    .api.signInEmail({ body, returnHeaders: true })
    .catch(() => undefined);
  return answer?.headers;
}

async function signUp(): Promise<Headers> {
  const [id, password] = [randomUUID(), randomUUID()];
  const body = { name: "Guest", email: emailOf(id), password };
  const { headers } = await auth().api.signUpEmail({ body, returnHeaders: true });
  const session = headers.getSetCookie().map((each) => each.split(";", 1)[0]);
  const { token } = await auth().api.getToken({ headers: new Headers({ cookie: session.join("; ") }) });
  await addGuestTasks(token);
  headers.append("Set-Cookie", `${COOKIE}=${id}:${password}; Path=/demo; HttpOnly; SameSite=Lax; Max-Age=31536000`);
  return headers;
}

function emailOf(id: string): string {
  return `${id}@guest.invalid`;
}

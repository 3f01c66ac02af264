import { headers } from "next/headers";

import { auth } from "./auth";

/** Who is signed in, by the cookie of the request; for pages, on the server. */
export async function currentSession() {
  return auth().api.getSession({ headers: await headers() });
}

import { headers } from "next/headers";

import { auth } from "./auth";

/** Returns the session of the request on the server, or null without one. */
export async function currentSession() {
  return auth().api.getSession({ headers: await headers() });
}

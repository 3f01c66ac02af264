// A route of the application's own, which signs a token for whoever has a session.

import { fromNodeHeaders } from "better-auth/node";
import { SignJWT } from "jose";

export function ownRoute(auth, secret) {
  return async (request, response) => {
    const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
    if (!session) {
      response.writeHead(401).end();
      return;
    }
    const token = await new SignJWT({ email: session.user.email })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(session.user.id)
      .setIssuedAt()
      .setExpirationTime("15m")
      .sign(new TextEncoder().encode(secret));
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ token }));
  };
}

// Better Auth behind an HTTP server of its own, as its documentation has it for Node.js.

import { createServer } from "node:http";

import { toNodeHandler } from "better-auth/node";

import { databaseOptions } from "./database.mjs";
import { ownRoute } from "./own-route.mjs";
import { setUps } from "./set-ups.mjs";

// Serves a set-up by its name, and gives its base URL.
export async function serve({ setUp, secret, ...given }) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseURL = `http://127.0.0.1:${server.address().port}`;
  const auth = await setUps[setUp]({
    ...databaseOptions(given),
    baseURL,
    secret,
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    logger: { level: "error" },
  });
  const handlers = { "/api/token": ownRoute(auth, secret) };
  const betterAuthHandler = toNodeHandler(auth);
  server.on("request", (request, response) =>
    (handlers[request.url] ?? betterAuthHandler)(request, response),
  );
  return baseURL;
}

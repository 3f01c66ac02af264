import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/** Where Better Auth reads whose request it is; what a client sends under this name is overwritten. */
export const CLIENT_ADDRESS = "x-client-address";

/**
 * Marks each request that this server receives with the address that it came from. Behind proxies it
 * is the whole chain: what they say in `X-Forwarded-For`, and last who has really connected.
 */
export function markClientAddresses(isBehindProxies: boolean): void {
  subscribe("http.server.request.start", (message) => {
    const { headers, socket } = (message as { request: IncomingMessage }).request;
    const forwarded = isBehindProxies ? headers["x-forwarded-for"] : undefined;
    headers[CLIENT_ADDRESS] = [forwarded, socket.remoteAddress].filter(Boolean).join(", ");
  });
}

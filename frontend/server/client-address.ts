import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

const OWN_HEADER = "x-client-address";

/**
 * Returns the header from which Better Auth reads the client's address. A value sent by a client is
 * overwritten: by this server, or on Vercel, whose functions see no connection of a client, by Vercel.
 */
export function clientAddressHeader(): string {
  return process.env.VERCEL ? "x-vercel-forwarded-for" : OWN_HEADER;
}

/**
 * Sets this server's own header on every request that it receives. Without proxies its value is the
 * address of the connection. Behind proxies it is the whole chain: the value of `X-Forwarded-For`,
 * followed by the address of the connection.
 */
export function setClientAddressHeader(isBehindProxies: boolean): void {
  subscribe("http.server.request.start", (message) => {
    const { headers, socket } = (message as { request: IncomingMessage }).request;
    const forwarded = isBehindProxies ? headers["x-forwarded-for"] : undefined;
    headers[OWN_HEADER] = [forwarded, socket.remoteAddress].filter(Boolean).join(", ");
  });
}

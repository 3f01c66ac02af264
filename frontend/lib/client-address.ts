import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/** The header from which Better Auth reads the client's address. A value sent by a client is overwritten. */
export const CLIENT_ADDRESS_HEADER = "x-client-address";

/**
 * Sets the header on every request that this server receives. Without proxies its value is the address
 * of the connection. Behind proxies it is the whole chain: the value of `X-Forwarded-For`, followed by
 * the address of the connection.
 */
export function setClientAddressHeader(isBehindProxies: boolean): void {
  subscribe("http.server.request.start", (message) => {
    const { headers, socket } = (message as { request: IncomingMessage }).request;
    const forwarded = isBehindProxies ? headers["x-forwarded-for"] : undefined;
    headers[CLIENT_ADDRESS_HEADER] = [forwarded, socket.remoteAddress].filter(Boolean).join(", ");
  });
}

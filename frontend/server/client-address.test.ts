import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "vitest";

import { clientAddressHeader, setClientAddressHeader } from "./client-address";

/** Sends one request with these headers, and returns the headers that the server sees. */
async function received(headers: Record<string, string>): Promise<IncomingHttpHeaders> {
  let seen: IncomingHttpHeaders = {};
  const server = createServer((request, response) => {
    seen = request.headers;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await fetch(`http://127.0.0.1:${port}/`, { headers: { ...headers, connection: "close" } });
  } finally {
    server.close();
  }
  return seen;
}

test("a client cannot choose the address that its attempts to sign in count for", async () => {
  delete process.env.VERCEL;
  setClientAddressHeader(false);

  const headers = await received({ "x-client-address": "192.0.2.1", "x-forwarded-for": "192.0.2.2" });

  assert.equal(headers[clientAddressHeader()], "127.0.0.1");
});

test("on Vercel, the address is the one that Vercel gives", async () => {
  process.env.VERCEL = "1";

  const headers = await received({ "x-client-address": "192.0.2.1", "x-vercel-forwarded-for": "203.0.113.7" });

  assert.equal(headers[clientAddressHeader()], "203.0.113.7");
});

import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

import { explainTooManyCookies } from "./too-many-cookies";

test("the first request of a server is told that it has too many cookies", async () => {
  explainTooManyCookies();
  const server = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
  await once(server, "listening");

  const { port } = server.address() as AddressInfo;
  const asked = request({ port, host: "127.0.0.1", headers: { cookie: "a=".padEnd(20_000, "b") } }).end();
  const [answer] = await once(asked, "response");

  expect(answer.statusCode).toBe(431);
  expect(await text(answer)).toContain("Too many cookies");
  server.close();
});

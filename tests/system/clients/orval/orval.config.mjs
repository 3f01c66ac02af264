import { env } from "node:process";

const input = { target: env.CONTRACT };
const baseUrl = { runtime: "server.url", imports: [{ name: "server", importPath: "../server" }] };

export default {
  fetch: { input, output: { target: "generated/client.ts", client: "fetch", headers: true, baseUrl } },
  zod: { input, output: { target: "generated/zod.ts", client: "zod" } },
};

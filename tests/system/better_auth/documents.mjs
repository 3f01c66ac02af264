// The code of the documents, unchanged except for what it leaves to the reader.

import { readFile, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";

const DOCUMENTS = new URL("../../../docs/", import.meta.url);
const GAP = "// … your database, your ways to sign in …";
const ADDRESS = '"http://127.0.0.1:8000"';

// `auth.ts`: gives its `auth`.
export async function documentedAuth(common) {
  globalThis.common = common;
  process.env.BETTER_AUTH_SECRET = common.secret;
  return (await moduleOf("better-auth.md", "auth", GAP, "...globalThis.common,")).auth;
}

// `tasks.ts`, in a browser with this cookie, on a page of this Better Auth: gives the task it adds.
export async function documentedTasks({ url, betterAuth, cookie }) {
  const { fetch } = globalThis;
  process.env.BETTER_AUTH_URL = betterAuth;
  globalThis.fetch = (address, options) => {
    const headers = new Headers(options?.headers);
    if (String(address).startsWith(betterAuth)) headers.set("Cookie", cookie);
    return fetch(address, { ...options, headers });
  };
  try {
    return (await moduleOf("clients.md", "tasks", ADDRESS, JSON.stringify(url))).task;
  } finally {
    globalThis.fetch = fetch;
  }
}

async function moduleOf(document, name, before, after) {
  const text = await readFile(new URL(document, DOCUMENTS), "utf8");
  const source = text.split("```ts\n").find((block) => block.startsWith(`// ${name}.ts\n`));
  if (!source?.includes(before)) throw new Error(`${name}.ts of ${document} lacks ${before}`);
  const code = source.split("```")[0].replace(before, after).replace("const task =", "export $&");
  const file = new URL(`node_modules/.${name}-documented.mjs`, import.meta.url);
  await writeFile(file, stripTypeScriptTypes(code));
  return import(`${file}?${Date.now()}`); // A module is kept by its address.
}

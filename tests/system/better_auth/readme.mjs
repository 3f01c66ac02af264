// The code of README, to the letter but for what it leaves to the reader.

import { readFile, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";

const README = new URL("../../README.md", import.meta.url);
const GAP = "// … your database, your ways to sign in …";
const ADDRESS = '"http://127.0.0.1:8000"';

// `auth.ts`: gives its `auth`.
export async function authOfReadme(common) {
  globalThis.common = common;
  process.env.BETTER_AUTH_SECRET = common.secret;
  return (await moduleOf("auth", GAP, "...globalThis.common,")).auth;
}

// `tasks.ts`, in a browser with this cookie, on a page of this Better Auth: gives the task it adds.
export async function tasksOfReadme({ url, betterAuth, cookie }) {
  const { fetch } = globalThis;
  process.env.BETTER_AUTH_URL = betterAuth;
  globalThis.fetch = (address, options) => {
    const headers = new Headers(options?.headers);
    if (String(address).startsWith(betterAuth)) headers.set("Cookie", cookie);
    return fetch(address, { ...options, headers });
  };
  try {
    return (await moduleOf("tasks", ADDRESS, JSON.stringify(url))).task;
  } finally {
    globalThis.fetch = fetch;
  }
}

async function moduleOf(name, before, after) {
  const readme = await readFile(README, "utf8");
  const source = readme.split("```ts\n").find((block) => block.startsWith(`// ${name}.ts\n`));
  if (!source?.includes(before)) throw new Error(`README's ${name}.ts lacks ${before}`);
  const code = source.split("```")[0].replace(before, after).replace("const task =", "export $&");
  const file = new URL(`node_modules/.${name}-of-readme.mjs`, import.meta.url);
  await writeFile(file, stripTypeScriptTypes(code));
  return import(`${file}?${Date.now()}`); // A module is kept by its address.
}

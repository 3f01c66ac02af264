// `auth.ts` as README has it, to the letter, with a database and a way to sign in put in.

import { readFile, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";

const README = new URL("../../README.md", import.meta.url);
const MODULE = new URL("node_modules/.readme.mjs", import.meta.url);
const BLOCK = /```ts\n(\/\/ auth\.ts\n.*?)```/s;
const GAP = "// … your database, your ways to sign in …";

export async function authOfReadme(common) {
  const source = (await readFile(README, "utf8")).match(BLOCK)[1];
  if (!source.includes(GAP)) throw new Error(`README's auth.ts lacks the line ${GAP}`);
  globalThis.common = common;
  process.env.BETTER_AUTH_SECRET = common.secret;
  await writeFile(MODULE, stripTypeScriptTypes(source.replace(GAP, "...globalThis.common,")));
  // A module is kept by its address, and each call wants one of its own.
  return (await import(`${MODULE}?${common.baseURL}`)).auth;
}

// What is at work here, as it is installed.

import { readFile } from "node:fs/promises";

const packages = ["better-auth", "@better-auth/oauth-provider", "jose", "pg"];

export async function versions() {
  const found = { node: process.versions.node };
  for (const name of packages) {
    const text = await readFile(new URL(`node_modules/${name}/package.json`, import.meta.url));
    found[name] = JSON.parse(text).version;
  }
  return found;
}

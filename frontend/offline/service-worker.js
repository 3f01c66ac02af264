/**
 * Runs in the browser, apart from the pages. It keeps the files of the build, and the page `/offline`,
 * which contains nothing of a user; the list is in IndexedDB. It never touches a request to the Tasks API.
 */

/* global BUILD -- The script `build` of package.json puts the id of the build here, so that each has a worker of its own. */
const CACHE = `build-${BUILD}`;
const SHELL = "/offline";

self.addEventListener("install", (event) => event.waitUntil(install().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(removeOldBuilds().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (/^\/(_next\/static\/|icon\.svg)/.test(pathname)) event.respondWith(file(request));
  else if (request.mode === "navigate" && pathname === "/") event.respondWith(page(request));
});

async function install() {
  const cache = await caches.open(CACHE);
  const shell = await fetch(SHELL, { cache: "no-store" });
  if (!shell.ok) throw new Error(`The server has no ${SHELL}`);
  const files = new Set((await shell.clone().text()).match(/\/_next\/static\/[^"'\\ )<>]+/g));
  await cache.put(SHELL, shell);
  await cache.addAll(["/icon.svg", ...files]);
}

async function removeOldBuilds() {
  const old = (await caches.keys()).filter((name) => name.startsWith("build-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The name of a file changes with its content, so a kept one is never old. */
async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}

/** Only an answer that does not come is replaced: an error page has something to say. */
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(SHELL)) ?? Response.error();
  }
}

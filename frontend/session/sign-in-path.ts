/** Returns the path of the sign-in page after a session has ended. Signing in leads back to `from`. */
export function signInPath(from: string): string {
  return `/sign-in?${new URLSearchParams({ next: from, ended: "1" })}`;
}

/** Returns the path to open after signing in. It never leads to another site (an open redirect). */
export function pathAfterSignIn(next: unknown): string {
  if (typeof next !== "string") return "/";
  const here = "http://here.invalid";
  const target = URL.canParse(next, here) ? new URL(next, here) : null;
  if (target?.origin !== here || !next.startsWith("/")) return "/";
  // `/.//example.com` has this origin, but its path `//example.com` alone is the URL of another site.
  return target.pathname.replace(/^\/+/, "/") + target.search;
}

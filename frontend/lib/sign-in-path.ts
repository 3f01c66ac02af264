/** Where to sign in after a session has ended, and to come back from. */
export function signInPath(from: string): string {
  return `/sign-in?${new URLSearchParams({ next: from, ended: "1" })}`;
}

/** Where to go after signing in: a page of ours, and nobody else's. */
export function pathAfterSignIn(next: unknown): string {
  if (typeof next !== "string") return "/";
  const here = "http://here.invalid";
  const target = URL.canParse(next, here) ? new URL(next, here) : null;
  if (target?.origin !== here || !next.startsWith("/")) return "/";
  // `/.//elsewhere` is of this origin, and its path alone would be an address of another.
  return target.pathname.replace(/^\/+/, "/") + target.search;
}

/** Where to sign in, and to come back from. */
export function signInPath(from: string): string {
  return `/sign-in?next=${encodeURIComponent(from)}`;
}

/** Where to go after signing in: a page of ours, and nobody else's. */
export function pathAfterSignIn(next: unknown): string {
  if (typeof next !== "string") return "/";
  const here = "http://here.invalid";
  const target = URL.canParse(next, here) ? new URL(next, here) : null;
  return target?.origin === here && next.startsWith("/") ? target.pathname + target.search : "/";
}

export const THEME_COOKIE = "theme";

/** `system` is what the operating system says, and so no cookie. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export function themeOf(cookie: unknown): Theme {
  return THEMES.find((theme) => theme === cookie) ?? "system";
}

"use client";

import { useEffect, useState } from "react";

import { Icon } from "./icons";
import { THEME_COOKIE, THEMES, type Theme, themeOf } from "./theme";

const NAMES = { system: "as the system", light: "light", dark: "dark" } as const;

/** Goes from the system's theme to light, to dark, and back. A cookie keeps the choice for a year. */
export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>("system");
  // The server has put the theme of the cookie there.
  useEffect(() => setTheme(themeOf(document.documentElement.dataset.theme)), []);

  function toggle() {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
    const age = next === "system" ? 0 : 31_536_000;
    // biome-ignore lint/suspicious/noDocumentCookie: Safari has the Cookie Store API since 18.4 only.
    document.cookie = `${THEME_COOKIE}=${next}; path=/; max-age=${age}; samesite=lax`;
    document.documentElement.dataset.theme = next;
    setTheme(next);
  }

  return (
    <button
      type="button"
      onClick={toggle}
      aria-label={`Theme: ${NAMES[theme]}`}
      title={`Theme: ${NAMES[theme]}`}
      className="menu-button grid size-11 place-items-center rounded-full text-on-sky hover:bg-ink/10 lg:text-ink"
    >
      <Icon name="moon" />
    </button>
  );
}

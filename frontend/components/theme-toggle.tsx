"use client";

import { MoonIcon } from "@/components/icons";
import { THEME_COOKIE, type Theme } from "@/lib/theme";

/** Switches between light and dark, and overrides the system's theme. A cookie keeps the choice for a year. */
export function ThemeToggle() {
  return (
    <button
      type="button"
      onClick={toggle}
      aria-label="Switch between light and dark"
      title="Switch between light and dark"
      className="grid size-11 place-items-center rounded-full text-on-sky hover:bg-ink/10 lg:text-ink"
    >
      <MoonIcon />
    </button>
  );
}

function toggle(): void {
  const root = document.documentElement;
  const isDark = getComputedStyle(root).colorScheme === "dark" || (!root.dataset.theme && prefersDark());
  const theme: Theme = isDark ? "light" : "dark";
  root.dataset.theme = theme;
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=31536000; samesite=lax`;
}

function prefersDark(): boolean {
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

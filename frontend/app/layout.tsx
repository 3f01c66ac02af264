import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import { connection } from "next/server";
import type { ReactNode } from "react";

import { Providers } from "@/components/providers";
import { tasksApiUrl } from "@/lib/settings";
import { isTheme, THEME_COOKIE } from "@/lib/theme";

import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Daybreak", template: "%s · Daybreak" },
  description: "What there is to do, and how much of it is done.",
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#c9dfe8" },
    { media: "(prefers-color-scheme: dark)", color: "#0b1626" },
  ],
};

/** The server reads the theme from a cookie, so that a page never flashes in the wrong theme. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  const theme = (await cookies()).get(THEME_COOKIE)?.value;
  return (
    <html lang="en" data-theme={isTheme(theme) ? theme : undefined}>
      <body>
        <Providers tasksApiUrl={tasksApiUrl()}>{children}</Providers>
      </body>
    </html>
  );
}

import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import { connection } from "next/server";
import type { ReactNode } from "react";

import { tasksApiUrl } from "@/server/settings";
import { Providers } from "@/ui/providers";
import { THEME_COOKIE, themeOf } from "@/ui/theme";

import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Daybreak", template: "%s · Daybreak" },
  description: "What there is to do, and how much of it is done.",
  appleWebApp: { capable: true, title: "Daybreak" },
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  // The form for a new task stays above the keyboard of a phone.
  interactiveWidget: "resizes-content",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#c9dfe8" },
    { media: "(prefers-color-scheme: dark)", color: "#0b1626" },
  ],
};

/** The server reads the theme from a cookie, so that a page never flashes in the wrong theme. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  const theme = themeOf((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" dir="ltr" data-theme={theme}>
      <body>
        <noscript>
          <p className="bg-warn px-5 py-3 text-on-warn">Daybreak needs JavaScript. Please allow it for this site.</p>
        </noscript>
        <Providers tasksApiUrl={tasksApiUrl()}>{children}</Providers>
      </body>
    </html>
  );
}

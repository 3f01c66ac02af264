import type { ReactNode } from "react";

import { Landscape } from "@/components/landscape";
import { ThemeToggle } from "@/components/theme-toggle";

interface PageLayoutProps {
  headline: string;
  subtitle: ReactNode;
  /** The height of the sun, from 0 to 1. */
  progress: number;
  /** The buttons beside the theme toggle. */
  menu?: ReactNode;
  children: ReactNode;
}

/** Every page has this layout: the landscape with the headline, and the content beside or below it. */
export function PageLayout({ headline, subtitle, progress, menu, children }: PageLayoutProps) {
  return (
    <div className="lg:grid lg:min-h-dvh lg:grid-cols-[minmax(22rem,2fr)_3fr]">
      <header className="relative isolate h-60 overflow-hidden text-on-sky sm:h-72 lg:sticky lg:top-0 lg:h-dvh">
        <Landscape progress={progress} />
        <div className="relative flex h-full flex-col px-5 pt-3 sm:px-8 lg:px-12 lg:pt-10">
          <p className="flex h-11 items-center font-serif text-lg tracking-tight">Daybreak</p>
          <div className="mt-2 max-w-[15rem] sm:max-w-md lg:mt-[12vh] lg:max-w-none">
            <h1 className="font-serif text-4xl leading-[1.05] tracking-tight text-balance sm:text-5xl lg:text-6xl">
              {headline}
            </h1>
            <div className="mt-2 text-on-sky-muted lg:mt-4 lg:text-lg">{subtitle}</div>
          </div>
        </div>
      </header>
      <div className="absolute top-3 right-3 flex items-center gap-1 sm:right-6 lg:top-10 lg:right-10">
        {menu}
        <ThemeToggle />
      </div>
      <main className="mx-auto w-full max-w-2xl px-5 pt-8 pb-32 sm:px-8 lg:px-12 lg:pt-28">{children}</main>
    </div>
  );
}

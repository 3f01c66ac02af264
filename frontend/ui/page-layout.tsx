import type { ReactNode } from "react";

import { Landscape } from "./landscape";
import { ThemeToggle } from "./theme-toggle";

interface PageLayoutProps {
  headline: string;
  subtitle: ReactNode;
  /** The height of the sun, from 0 to 1. */
  progress: number;
  /** The buttons beside the theme toggle. */
  menu?: ReactNode;
  children: ReactNode;
}

/**
 * Every page has this layout: the landscape with the headline, and the content beside it. On a phone the
 * landscape is a band above the content; where the page is low, as with a large zoom, only its text is left.
 */
export function PageLayout({ headline, subtitle, progress, menu, children }: PageLayoutProps) {
  return (
    <div className="page">
      <header className="band relative isolate overflow-hidden text-on-sky">
        <Landscape progress={progress} />
        <div className="relative flex h-full flex-col px-5 sm:px-8 lg:px-12 lg:pt-10">
          <p className="flex h-14 items-center font-serif text-lg tracking-tight lg:h-11">Daybreak</p>
          <div className="band-text lg:mt-[12vh]">
            <h1 className="font-serif text-3xl leading-[1.05] tracking-tight text-balance sm:text-4xl lg:text-6xl">
              {headline}
            </h1>
            <div className="text-on-sky-muted lg:mt-4 lg:text-lg">{subtitle}</div>
          </div>
        </div>
      </header>
      <div className="menu absolute top-1.5 right-2 flex items-center sm:right-5 lg:top-10 lg:right-10">
        {menu}
        <ThemeToggle />
      </div>
      <main className="mx-auto w-full max-w-2xl px-5 pt-4 pb-32 sm:px-8 lg:px-12 lg:pt-28">{children}</main>
    </div>
  );
}

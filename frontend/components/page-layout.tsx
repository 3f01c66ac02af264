import type { ReactNode } from "react";

import { Scene } from "@/components/landscape";
import { ThemeToggle } from "@/components/theme-toggle";

interface ShellProps {
  headline: string;
  line: ReactNode;
  /** How high the sun stands, from 0 to 1. */
  progress: number;
  /** What is at the top, beside the switch of the theme. */
  menu?: ReactNode;
  children: ReactNode;
}

/** Every page: the landscape with its headline, and the work beside it, or on a phone below it. */
export function Shell({ headline, line, progress, menu, children }: ShellProps) {
  return (
    <div className="lg:grid lg:min-h-dvh lg:grid-cols-[minmax(22rem,2fr)_3fr]">
      <header className="relative isolate h-60 overflow-hidden text-on-sky sm:h-72 lg:sticky lg:top-0 lg:h-dvh">
        <Scene progress={progress} />
        <div className="relative flex h-full flex-col px-5 pt-3 sm:px-8 lg:px-12 lg:pt-10">
          <p className="flex h-11 items-center font-serif text-lg tracking-tight">Daybreak</p>
          <div className="mt-2 max-w-[15rem] sm:max-w-md lg:mt-[12vh] lg:max-w-none">
            <h1 className="font-serif text-4xl leading-[1.05] tracking-tight text-balance sm:text-5xl lg:text-6xl">
              {headline}
            </h1>
            <div className="mt-2 text-on-sky-muted lg:mt-4 lg:text-lg">{line}</div>
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

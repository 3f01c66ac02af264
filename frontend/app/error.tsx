"use client";

import { Button } from "@/components/button";
import { Shell } from "@/components/page-layout";

/** Mostly that Better Auth's database does not answer; the page can be asked for again. */
export default function PageError() {
  return (
    <Shell headline="One moment." line="Something is not answering." progress={0}>
      <h2 className="font-serif text-2xl">This page cannot be shown just now</h2>
      <p className="mt-2 mb-6 text-muted">Nothing of yours is lost. Please try again in a moment.</p>
      <Button onClick={() => location.reload()}>Try again</Button>
    </Shell>
  );
}

"use client";

import { Button } from "@/ui/button";
import { PageLayout } from "@/ui/page-layout";

/** The page for an error on the server, usually because the database of Better Auth is down. */
export default function PageError() {
  return (
    <PageLayout headline="One moment." subtitle="Something is not responding." progress={0}>
      <h2 className="font-serif text-2xl">This page cannot be shown right now</h2>
      <p className="mt-2 mb-6 text-muted">Nothing of yours is lost. Please try again in a moment.</p>
      <Button onClick={() => location.reload()}>Try again</Button>
    </PageLayout>
  );
}

import Link from "next/link";

import { PageLayout } from "@/ui/page-layout";

export default function NotFound() {
  return (
    <PageLayout headline="Nothing here." subtitle="This path leads nowhere." progress={0}>
      <p className="mb-6 text-muted">There is no such page.</p>
      <Link href="/" className="font-semibold text-accent underline underline-offset-4">
        Go to your list
      </Link>
    </PageLayout>
  );
}

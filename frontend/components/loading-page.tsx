import { ListSkeleton } from "@/components/list-skeleton";
import { PageLayout } from "@/components/page-layout";

export function LoadingPage() {
  return (
    <PageLayout headline="Your list." subtitle={<span className="invisible">0 open</span>} progress={0}>
      <div className="mb-8 h-28 rounded-3xl border border-line bg-raised" />
      <ListSkeleton />
    </PageLayout>
  );
}

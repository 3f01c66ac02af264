import { ListSkeleton } from "@/components/list-skeleton";
import { Shell } from "@/components/page-layout";

export function LoadingPage() {
  return (
    <Shell headline="Your list." line={<span className="invisible">0 open</span>} progress={0}>
      <div className="mb-8 h-28 rounded-3xl border border-line bg-raised" />
      <ListSkeleton />
    </Shell>
  );
}

const WIDTHS = ["w-2/3", "w-1/2", "w-3/5", "w-2/5"];

/** A placeholder with the height and layout of the rows that replace it. */
export function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading your tasks">
      {WIDTHS.map((width) => (
        <div key={width} className="flex h-[4.25rem] items-center gap-3 border-b border-line">
          <div className="mr-2.5 size-6 shrink-0 rounded-full border-2 border-line" />
          <div className={`shimmer h-4 rounded-full ${width}`} />
        </div>
      ))}
    </div>
  );
}

import { Icon } from "@/ui/icons";

import { FILTERS, show, useView } from "./view";

const NAMES = { all: "All", open: "Open", done: "Done" } as const;

/** Which tasks are shown: a filter, and words to search for. */
export function ViewBar() {
  const view = useView();
  return (
    <div className="my-3 flex items-center gap-2">
      <nav aria-label="Filter" className="flex shrink-0 gap-1">
        {FILTERS.map((filter) => (
          <a
            key={filter}
            href={filter === "all" ? "/" : `?view=${filter}`}
            aria-current={view.filter === filter ? "page" : undefined}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              show({ filter });
            }}
            className="filter grid min-h-11 place-items-center rounded-full px-3.5 text-[0.9375rem] text-muted hover:bg-ink/5 hover:text-ink"
          >
            {NAMES[filter]}
          </a>
        ))}
      </nav>
      <search className="relative ml-auto min-w-0 grow sm:max-w-60">
        <span className="pointer-events-none absolute inset-y-0 left-3 grid place-items-center text-muted">
          <Icon name="search" />
        </span>
        <input
          id="search"
          type="search"
          dir="auto"
          aria-label="Search"
          placeholder="Search"
          value={view.query}
          onChange={({ target }) => show({ query: target.value })}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            show({ query: "" });
            event.currentTarget.blur();
          }}
          className="min-h-11 w-full rounded-full border border-line bg-transparent pr-3 pl-10 text-[0.9375rem] focus:border-edge"
        />
      </search>
    </div>
  );
}

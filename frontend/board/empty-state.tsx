/** Replaces an empty list. The picture shows a cup on a window sill. */
export function EmptyState({ title, text }: { title: string; text: string }) {
  return (
    <div className="fade-in flex flex-col items-center pt-6 text-center">
      <svg aria-hidden="true" width="220" height="150" viewBox="0 0 220 150" fill="none">
        <circle cx="150" cy="70" r="46" fill="var(--sky-low)" opacity="0.55" />
        <circle cx="150" cy="70" r="24" fill="var(--sun)" opacity="0.9" />
        <g stroke="var(--ink)" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round">
          <path d="M30 120h160" />
          <path d="M66 74h52v22a24 24 0 0 1-24 24h-4a24 24 0 0 1-24-24z" fill="var(--raised)" />
          <path d="M118 80h6a11 11 0 0 1 0 22h-7" />
          <path d="M80 62c-6-8 6-12 0-20M94 62c-6-8 6-12 0-20M108 62c-6-8 6-12 0-20" stroke="var(--accent)" />
        </g>
      </svg>
      <h2 className="mt-5 font-serif text-2xl tracking-tight">{title}</h2>
      <p className="mt-1 max-w-xs text-balance wrap-anywhere text-muted">{text}</p>
    </div>
  );
}

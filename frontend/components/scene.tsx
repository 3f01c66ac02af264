const HORIZON = 528;
const NOON = 376;

const STARS = [
  [60, 120, 1.2], [118, 60, 0.8], [172, 168, 1], [214, 92, 1.3], [262, 40, 0.8], [304, 140, 1.1],
  [338, 70, 0.9], [92, 226, 0.8], [246, 236, 0.9], [318, 262, 1], [140, 300, 0.8], [366, 190, 0.8],
] as const;

/** A landscape whose sun (by night the moon) rises from the horizon, at 0, to its height, at 1. */
export function Scene({ progress }: { progress: number }) {
  const y = HORIZON - (HORIZON - NOON) * Math.min(Math.max(progress, 0), 1);
  return (
    <svg
      aria-hidden="true"
      className="absolute inset-0 size-full"
      viewBox="0 0 400 640"
      preserveAspectRatio="xMidYMax slice"
    >
      <defs>
        <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0.15" stopColor="var(--sky-high)" />
          <stop offset="0.62" stopColor="var(--sky-middle)" />
          <stop offset="0.84" stopColor="var(--sky-low)" />
        </linearGradient>
        <radialGradient id="glow">
          <stop offset="0.2" stopColor="var(--sun)" stopOpacity="0.5" />
          <stop offset="1" stopColor="var(--sun)" stopOpacity="0" />
        </radialGradient>
      </defs>
      <rect width="400" height="640" fill="url(#sky)" />
      {STARS.map(([cx, cy, r]) => (
        <circle key={cx} cx={cx} cy={cy} r={r} fill="var(--star)" />
      ))}
      <g className="scene-sun" transform={`translate(262 ${y})`}>
        <circle r="92" fill="url(#glow)" />
        <circle r="34" fill="var(--sun)" />
      </g>
      <path d="M0 520c52-30 96-34 150-12s96 18 142-8 78-20 108-6v146H0z" fill="var(--hill-far)" />
      <path d="M0 566c44-34 110-40 168-14s120 22 232-26v114H0z" fill="var(--hill-middle)" />
      <path d="M0 600c70-26 128-22 196-4s134 12 204-22v66H0z" fill="var(--hill-near)" />
    </svg>
  );
}

const HORIZON_Y = 176;
const NOON_Y = 60;

/** The position of each star. No text covers these positions. */
const STARS =
  "M340 26h0M292 62h0M372 118h0M356 208h0M318 156h0M228 34h0M52 342h0M112 386h0M196 350h0M302 318h0M254 268h0M30 430h0";

/** A landscape with a rising sun, or a moon in the dark theme: 0 is at the horizon, 1 is the highest point. */
export function Landscape({ progress }: { progress: number }) {
  const y = HORIZON_Y - (HORIZON_Y - NOON_Y) * Math.min(Math.max(progress, 0), 1);
  return (
    <div aria-hidden="true" className="landscape-sky absolute inset-0 overflow-hidden">
      <svg
        className="absolute inset-0 hidden size-full lg:block"
        viewBox="0 0 400 640"
        preserveAspectRatio="xMidYMid slice"
      >
        <path d={STARS} stroke="var(--star)" strokeWidth="1.8" strokeLinecap="round" />
      </svg>
      <svg
        className="absolute right-[20%] bottom-2 h-28 overflow-visible lg:right-[24%] lg:bottom-[16vh] lg:h-[19rem]"
        viewBox="0 0 100 200"
      >
        <radialGradient id="glow">
          <stop offset="0.2" stopColor="var(--sun)" stopOpacity="0.5" />
          <stop offset="1" stopColor="var(--sun)" stopOpacity="0" />
        </radialGradient>
        <g className="landscape-sun" transform={`translate(50 ${y})`}>
          <circle className="landscape-glow" r="84" fill="url(#glow)" />
          <circle r="30" fill="var(--sun)" />
        </g>
      </svg>
      <svg
        className="absolute inset-x-0 bottom-0 h-9 w-full lg:h-[30vh]"
        viewBox="0 0 400 200"
        preserveAspectRatio="none"
      >
        <path d="M0 62c52-38 96-44 150-16s96 22 142-10 78-26 108-8v172H0z" fill="var(--hill-far)" />
        <path d="M0 118c44-42 110-50 168-18s120 28 232-32v132H0z" fill="var(--hill-middle)" />
        <path d="M0 160c70-32 128-28 196-5s134 15 204-28v73H0z" fill="var(--hill-near)" />
      </svg>
    </div>
  );
}

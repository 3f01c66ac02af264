"use client";

import { useEffect, useState } from "react";

import { tryNow, useOutage } from "@/lib/outage";

/** Says that the service does not answer, and when the next try is; goes away by itself. */
export function OutageBanner() {
  const outage = useOutage();
  return (
    <div role="status">
      {outage && (
        <div className="row pointer-events-auto flex items-center gap-2 rounded-2xl bg-warn py-2 pr-2 pl-5 text-on-warn shadow-lg">
          <p className="grow py-1 leading-snug">
            <strong className="block font-semibold">The service is taking a break.</strong>
            What you do is kept, and sent as soon as it is back.
          </p>
          <button
            type="button"
            onClick={tryNow}
            className="min-h-11 min-w-28 shrink-0 rounded-full px-3 font-semibold tabular-nums hover:bg-on-warn/10"
          >
            Try now
            <Countdown key={outage.retryAt} until={outage.retryAt} />
          </button>
        </div>
      )}
    </div>
  );
}

/** For the eye alone: read aloud, every second would be a sentence. */
function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(ticking);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return <span aria-hidden="true">{seconds > 0 ? ` · ${seconds} s` : " …"}</span>;
}

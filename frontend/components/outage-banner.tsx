"use client";

import { useEffect, useState } from "react";

import { retryNow, useOutage } from "@/lib/outage";

/** Tells the user that the service does not respond and when the next retry is, until the outage ends. */
export function OutageBanner() {
  const outage = useOutage();
  return (
    <div role="status">
      {outage && (
        <div className="fade-in pointer-events-auto flex items-center gap-2 rounded-2xl bg-warn py-2 pr-2 pl-5 text-on-warn shadow-lg">
          <p className="grow py-1 leading-snug">
            <strong className="block font-semibold">The service is taking a break.</strong>
            Your changes are kept and will be sent as soon as it is back.
          </p>
          <button
            type="button"
            onClick={retryNow}
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

/** Screen readers skip this, because they would read every second aloud. */
function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const interval = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(interval);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return <span aria-hidden="true">{seconds > 0 ? ` · ${seconds} s` : " …"}</span>;
}

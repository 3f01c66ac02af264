"use client";

import { useIsMutating } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { type OutageCause, retryNow, useOutage } from "./outage";
import { isKept } from "./outbox";

const HEADLINES: Record<OutageCause, string> = {
  offline: "You are offline.",
  service: "The service is taking a break.",
  "sign-in": "The server of this page is taking a break.",
  cors: "This page may not read the answers of the service.",
};

/** Tells the user what does not respond and when the next retry is, until the outage ends. */
export function OutageBanner() {
  const outage = useOutage();
  return (
    <div role="status">
      {outage && (
        <div className="notice fade-in bg-warn text-on-warn">
          <p className="grow py-1 leading-snug">
            <strong className="block font-semibold">{HEADLINES[outage.cause]}</strong>
            {outage.cause === "cors" ? `FRONTEND_URL of the Tasks API has to contain ${location.origin}.` : <Waiting />}
          </p>
          <button type="button" onClick={retryNow} className="notice-button min-w-28 tabular-nums hover:bg-on-warn/10">
            Try now
            <Countdown key={outage.retryAt} until={outage.retryAt} />
          </button>
        </div>
      )}
    </div>
  );
}

/** Says what becomes of changes, and how many wait. */
function Waiting() {
  const waiting = useIsMutating();
  if (!isKept()) return "This browser stores nothing: leave this page open, or what you change now is lost.";
  if (waiting === 0) return "What you change now is kept on this device and sent as soon as it is back.";
  const changes = waiting === 1 ? "One change is" : `${waiting} changes are`;
  return `${changes} kept on this device, and will be sent as soon as it is back.`;
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

"use client";

import { useEffect, useState } from "react";

import { getToken } from "@/session/token";
import { useApi } from "@/tasks/api-provider";
import { notify } from "@/ui/notifications";

import { type Exchange, loseNextAnswer, recordExchanges, useExchanges } from "./exchange";

/** Takes away what a todo list needs, and shows what travels meanwhile. Only the demo has it. */
export default function Panel({ tasksApiUrl }: { tasksApiUrl: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const [isStopped, setIsStopped] = useState(false);
  const api = useApi();
  useEffect(() => recordExchanges(tasksApiUrl), [tasksApiUrl]);

  async function control(action: string, text?: string) {
    const response = await fetch(`/demo/control?action=${action}`, { method: "POST" }).catch(() => undefined);
    if (!response?.ok) notify("error", "The demo does not answer");
    else if (text) notify("error", text);
  }

  async function toggleService() {
    await control(isStopped ? "start" : "stop");
    setIsStopped(!isStopped);
  }

  /** As another device would, which knows nothing of this page. */
  async function editElsewhere() {
    const { data } = await api.GET("/api/tasks", { params: { query: { limit: 1, completed: false } } });
    const [task] = data?.data ?? [];
    if (!task) return;
    const input = { title: `${task.title} (edited elsewhere)`.slice(0, 500), description: task.description };
    const headers = { Authorization: `Bearer ${await getToken()}`, "Content-Type": "application/json" };
    await fetch(`${tasksApiUrl}/api/tasks/${task.id}`, { method: "PUT", headers, body: JSON.stringify(input) });
    notify("error", "The first open task was edited elsewhere. Edit it here too, and save.");
  }

  const actions: [string, () => unknown][] = [
    [isStopped ? "Start the service" : "Stop the service", toggleService],
    ["Lose the next answer", loseNextAnswer],
    ["Freeze the database", () => control("freeze", "Every statement waits for 20 seconds")],
    ["Edit the first task elsewhere", editElsewhere],
    ["End the session", () => control("end-session", "This session is revoked; it ends within a minute")],
    ["Open a second tab", () => open("/", "_blank")],
  ];
  return (
    <aside aria-label="Demo" className="demo">
      <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)} className="demo-toggle">
        {isOpen ? "Close" : "Break something"}
      </button>
      {isOpen && (
        <div className="demo-panel">
          <div className="flex flex-wrap gap-1.5">
            {actions.map(([name, act]) => (
              <button key={name} type="button" onClick={() => void act()} className="demo-action">
                {name}
              </button>
            ))}
          </div>
          <Exchanges />
        </div>
      )}
    </aside>
  );
}

function Exchanges() {
  const exchanges = useExchanges();
  return (
    <ol aria-label="Requests" className="mt-3 space-y-1.5 font-mono text-xs leading-snug">
      {exchanges.map((exchange) => (
        <li key={exchange.id} className="wrap-anywhere">
          <span className="font-semibold">{exchange.request}</span> <Status {...exchange} />
          {[...exchange.sent.map((each) => `→ ${each}`), ...exchange.received.map((each) => `← ${each}`)].map(
            (line) => (
              <span key={line} className="block text-muted">
                {line}
              </span>
            ),
          )}
        </li>
      ))}
    </ol>
  );
}

function Status({ status = "…" }: Exchange) {
  const isFine = /^[23…]/.test(status);
  return <span className={isFine ? "text-accent" : "text-danger"}>{status}</span>;
}

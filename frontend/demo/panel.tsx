"use client";

import { useEffect, useState } from "react";

import { getToken } from "@/session/token";
import { useApi } from "@/tasks/api-provider";
import { notify } from "@/ui/notifications";

/** A request to the Tasks API and its response, as the panel shows them. */
interface Exchange {
  id: number;
  request: string;
  status: string;
  /** What makes the request safe to repeat, and what the answer says about that. */
  headers: string[];
}

const MAX_EXCHANGES = 12;
const SENT = ["If-Match", "If-None-Match", "Idempotency-Key"];
const RECEIVED = ["ETag", "Retry-After", "Idempotency-Replayed"];

let losesNextAnswer = false;
let lastId = 0;

/** Takes away what a todo list needs, and shows what travels meanwhile. Only the demo has it. */
export default function Panel({ tasksApiUrl }: { tasksApiUrl: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const [isStopped, setIsStopped] = useState(false);
  const [exchanges, setExchanges] = useState<readonly Exchange[]>([]);
  const api = useApi();
  useEffect(() => {
    const show = (exchange: Exchange) =>
      setExchanges((shown) => {
        const others = shown.filter(({ id }) => id !== exchange.id);
        return [exchange, ...others].sort((one, other) => other.id - one.id).slice(0, MAX_EXCHANGES);
      });
    return recordExchanges(tasksApiUrl, show);
  }, [tasksApiUrl]);

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
          <ol aria-label="Requests" className="mt-3 space-y-1.5 font-mono text-xs leading-snug">
            {exchanges.map(({ id, request, status, headers }) => (
              <li key={id} className="wrap-anywhere">
                <span className="font-semibold">{request}</span>{" "}
                <span className={/^[23…]/.test(status) ? "text-accent" : "text-danger"}>{status}</span>
                {headers.map((header) => (
                  <span key={header} className="block text-muted">
                    {header}
                  </span>
                ))}
              </li>
            ))}
          </ol>
        </div>
      )}
    </aside>
  );
}

/** The service makes the next change, and its answer gets lost on the way. */
function loseNextAnswer(): void {
  losesNextAnswer = true;
  notify("error", "The answer to your next change gets lost");
}

/** Shows every request to the Tasks API from now on. Returns how to stop that. */
function recordExchanges(origin: string, show: (exchange: Exchange) => void): () => void {
  const { fetch } = window;
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith(`${origin}/api/`)) return fetch(input, init);
    lastId += 1;
    const sent = namedHeaders("→", request.headers, SENT);
    const exchange = { id: lastId, request: `${request.method} ${request.url.slice(origin.length)}`, headers: sent };
    show({ ...exchange, status: "…" });
    try {
      const response = await fetch(request);
      if (losesNextAnswer && request.method !== "GET") {
        losesNextAnswer = false;
        throw new TypeError("The answer was lost");
      }
      const headers = [...sent, ...namedHeaders("←", response.headers, RECEIVED)];
      show({ ...exchange, status: `${response.status} ${response.statusText}`, headers });
      return response;
    } catch (error) {
      show({ ...exchange, status: error instanceof Error ? error.message : "No answer" });
      throw error;
    }
  };
  return () => {
    window.fetch = fetch;
  };
}

function namedHeaders(direction: string, headers: Headers, names: readonly string[]): string[] {
  return names.filter((name) => headers.has(name)).map((name) => `${direction} ${name}: ${headers.get(name)}`);
}

import { notify } from "@/ui/notifications";
import { createStore } from "@/ui/store";

/** A request to the Tasks API and its response, as the panel shows them. */
export interface Exchange {
  id: number;
  request: string;
  /** What was sent to make the request safe to repeat. */
  sent: string[];
  /** The status, or the reason for a missing one. Undefined until it is known. */
  status?: string;
  received: string[];
}

const MAX_EXCHANGES = 12;
const SENT = ["If-Match", "If-None-Match", "Idempotency-Key"];
const RECEIVED = ["ETag", "Retry-After", "Idempotency-Replayed"];

const exchanges = createStore<readonly Exchange[]>([]);
let losesNextAnswer = false;
let lastId = 0;

export const useExchanges = exchanges.use;

/** The service makes the next change, and its answer gets lost on the way. */
export function loseNextAnswer(): void {
  losesNextAnswer = true;
  notify("error", "The answer to your next change gets lost");
}

/** Records every request to the Tasks API from now on. Returns how to stop that. */
export function recordExchanges(origin: string): () => void {
  const { fetch } = window;
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith(`${origin}/api/`)) return fetch(input, init);
    lastId += 1;
    const id = lastId;
    const path = request.url.slice(origin.length);
    show({ id, request: `${request.method} ${path}`, sent: namedHeaders(request.headers, SENT), received: [] });
    try {
      const response = await fetch(request);
      if (losesNextAnswer && request.method !== "GET") {
        losesNextAnswer = false;
        throw new TypeError("The answer was lost");
      }
      update(id, `${response.status} ${response.statusText}`, namedHeaders(response.headers, RECEIVED));
      return response;
    } catch (error) {
      update(id, error instanceof Error ? error.message : "No answer", []);
      throw error;
    }
  };
  return () => {
    window.fetch = fetch;
  };
}

function namedHeaders(headers: Headers, names: readonly string[]): string[] {
  return names.filter((name) => headers.has(name)).map((name) => `${name}: ${headers.get(name)}`);
}

function show(exchange: Exchange): void {
  exchanges.set([exchange, ...exchanges.get()].slice(0, MAX_EXCHANGES));
}

function update(id: number, status: string, received: string[]): void {
  exchanges.set(exchanges.get().map((each) => (each.id === id ? { ...each, status, received } : each)));
}

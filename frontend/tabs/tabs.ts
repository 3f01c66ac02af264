import type { Change } from "@/tasks/change";
import type { Task } from "@/tasks/task";

/** What the tabs of one browser tell each other. */
type Message =
  | { kind: "saved"; owner: string; change: Change; task: Task | null }
  | { kind: "signed-out" }
  | { kind: "signed-in"; owner: string };

/** Sends to the other tabs, never to this one. */
export function tellTabs(message: Message): void {
  channel()?.postMessage(message);
}

export function onMessage(listener: (message: Message) => void): () => void {
  const listening = channel();
  const handle = ({ data }: MessageEvent<Message>) => listener(data);
  listening?.addEventListener("message", handle);
  return () => listening?.removeEventListener("message", handle);
}

let shared: BroadcastChannel | undefined;

function channel(): BroadcastChannel | undefined {
  if (typeof BroadcastChannel !== "undefined") shared ??= new BroadcastChannel("daybreak");
  return shared;
}

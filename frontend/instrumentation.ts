/** Next.js calls this once, before the server handles its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { registerNode } = await import("./server/instrumentation-node");
  registerNode();
}

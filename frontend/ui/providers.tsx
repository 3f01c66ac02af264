"use client";

import { MutationCache, notifyManager, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";

import { signInPath } from "@/session/sign-in-path";
import { requiresSignIn } from "@/tasks/api-error";
import { ApiProvider } from "@/tasks/api-provider";

import { navigateTo } from "./navigation";
import { Notifications } from "./notifications";

// Notifies before the next paint. The default, a timeout, would make a ticked checkbox flicker.
notifyManager.setScheduler(queueMicrotask);

export function Providers({ tasksApiUrl, children }: { tasksApiUrl: string; children: ReactNode }) {
  const [client] = useState(queryClient);
  useEffect(registerServiceWorker, []);
  return (
    <QueryClientProvider client={client}>
      <ApiProvider origin={tasksApiUrl}>{children}</ApiProvider>
      <Notifications />
    </QueryClientProvider>
  );
}

/** TanStack Query neither retries nor waits for the network, because `retryFetch` does both. */
function queryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: redirectToSignIn }),
    mutationCache: new MutationCache({ onError: redirectToSignIn }),
    defaultOptions: {
      queries: { networkMode: "always", retry: false },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** Loads a new page, so that nothing of the session stays in memory. Drafts and changes survive in the storage. */
function redirectToSignIn(error: unknown): void {
  if (requiresSignIn(error)) navigateTo(signInPath(location.pathname + location.search));
}

/** It serves the page without a network. The development server changes too often for it. */
function registerServiceWorker(): void {
  if (process.env.NODE_ENV !== "production") return;
  void navigator.serviceWorker?.register("/service-worker.js").catch(() => undefined);
}

"use client";

import {
  MutationCache,
  notifyManager,
  QueryCache,
  QueryClient,
  QueryClientProvider,
} from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { ApiProvider } from "@/components/api-provider";
import { Notifications } from "@/components/notifications";
import { requiresSignIn } from "@/lib/api-error";
import { navigateTo } from "@/lib/navigation";
import { signInPath } from "@/lib/sign-in-path";

// Notifies before the next paint. The default, a timeout, would make a ticked checkbox flicker.
notifyManager.setScheduler(queueMicrotask);

export function Providers({ tasksApiUrl, children }: { tasksApiUrl: string; children: ReactNode }) {
  const [client] = useState(queryClient);
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

/** Loads a new page, so that nothing of the session stays in memory. Drafts survive in the storage. */
function redirectToSignIn(error: unknown): void {
  if (requiresSignIn(error)) navigateTo(signInPath(location.pathname + location.search));
}

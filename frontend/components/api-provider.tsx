"use client";

import { createContext, useContext, useMemo, type ReactNode } from "react";

import { createApi, type Api } from "@/lib/api";

const ApiContext = createContext<Api | null>(null);

/** The origin comes from the server with the page, so that a build is not bound to one. */
export function ApiProvider({ origin, children }: { origin: string; children: ReactNode }) {
  const api = useMemo(() => createApi(origin), [origin]);
  return <ApiContext value={api}>{children}</ApiContext>;
}

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error("useApi wants an ApiProvider around it");
  return api;
}

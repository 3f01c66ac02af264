"use client";

import { createContext, type ReactNode, useContext, useMemo } from "react";

import { type Api, createApi } from "./api";

const ApiContext = createContext<Api | null>(null);

/** The server sends the origin with each page, because one build serves every environment. */
export function ApiProvider({ origin, children }: { origin: string; children: ReactNode }) {
  const api = useMemo(() => createApi(origin), [origin]);
  return <ApiContext value={api}>{children}</ApiContext>;
}

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error("useApi must be used within an ApiProvider");
  return api;
}

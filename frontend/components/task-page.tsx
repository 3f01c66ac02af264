"use client";

import dynamic from "next/dynamic";

import { LoadingPage } from "@/components/loading-page";

/** The server does not render this, because tasks, drafts and token exist only in the browser. */
export const TaskPage = dynamic(() => import("@/components/task-board"), {
  ssr: false,
  loading: LoadingPage,
});

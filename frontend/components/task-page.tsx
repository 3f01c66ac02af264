"use client";

import dynamic from "next/dynamic";

import { LoadingPage } from "@/components/loading-page";

/** In the browser alone: the tasks, the drafts and the token are all there. */
export const TaskPage = dynamic(() => import("@/components/task-board"), {
  ssr: false,
  loading: LoadingPage,
});

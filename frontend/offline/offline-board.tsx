"use client";

import { useEffect, useState } from "react";

import { Board } from "@/board/board";
import { Button } from "@/ui/button";
import { PageLayout } from "@/ui/page-layout";

import { type KeptList, readKeptList } from "./kept-list";

/** The list as this device saw it last. */
export function OfflineBoard() {
  const [kept, setKept] = useState<KeptList | null>();
  useEffect(() => void readKeptList().then((found) => setKept(found ?? null)), []);
  if (kept) return <Board user={kept.user} initialList={kept.list} />;
  return (
    <PageLayout headline="One moment." subtitle="The server is out of reach." progress={0}>
      {kept === null && (
        <>
          <h2 className="font-serif text-2xl">There is no list on this device</h2>
          <p className="mt-2 mb-6 text-muted">
            Sign in when the network is back. After that, your list is here without it.
          </p>
          <Button onClick={() => location.reload()}>Try again</Button>
        </>
      )}
    </PageLayout>
  );
}

"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { SignOutDialog } from "@/components/sign-out-dialog";
import { authClient } from "@/lib/auth-client";
import { hasDrafts, removeAllDrafts } from "@/lib/draft-storage";
import { navigateTo } from "@/lib/navigation";
import { notify } from "@/lib/notifications";
import { clearToken } from "@/lib/token";

export function SignOutButton({ userName }: { userName: string }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);

  function ask() {
    if (hasDrafts() || client.isMutating()) setAsking(true);
    else void signOut();
  }

  async function signOut() {
    setBusy(true);
    const answer = await authClient.signOut().catch(() => null);
    setBusy(false);
    if (!answer || answer.error) return notify("failed", "You are still signed in; please try again");
    clearToken();
    removeAllDrafts();
    navigateTo("/sign-in");
  }

  return (
    <>
      <button
        type="button"
        onClick={ask}
        disabled={busy}
        title={`Signed in as ${userName}`}
        className="min-h-11 rounded-full px-4 text-sm font-semibold text-on-sky hover:bg-ink/10 lg:text-ink"
      >
        Sign out
      </button>
      {asking && <SignOutDialog onConfirm={() => void signOut()} onClose={() => setAsking(false)} />}
    </>
  );
}

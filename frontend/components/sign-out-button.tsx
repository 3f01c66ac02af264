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
  const [isPending, setIsPending] = useState(false);
  const [isConfirming, setIsConfirming] = useState(false);

  function handleClick() {
    if (hasDrafts() || client.isMutating()) setIsConfirming(true);
    else void signOut();
  }

  async function signOut() {
    setIsPending(true);
    const result = await authClient.signOut().catch(() => null);
    setIsPending(false);
    if (!result || result.error) return notify("error", "You are still signed in; please try again");
    clearToken();
    removeAllDrafts();
    navigateTo("/sign-in");
  }

  return (
    <>
      <button
        type="button"
        onClick={handleClick}
        disabled={isPending}
        title={`Signed in as ${userName}`}
        className="min-h-11 rounded-full px-4 text-sm font-semibold text-on-sky hover:bg-ink/10 lg:text-ink"
      >
        Sign out
      </button>
      {isConfirming && <SignOutDialog onConfirm={() => void signOut()} onClose={() => setIsConfirming(false)} />}
    </>
  );
}

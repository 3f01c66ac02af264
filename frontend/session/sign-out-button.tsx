"use client";

import Link from "next/link";
import { useState } from "react";

import { hasDrafts, removeAllDrafts } from "@/drafts/drafts";
import { forgetList, type User } from "@/offline/kept-list";
import { forgetChanges } from "@/offline/outbox";
import { tellTabs } from "@/tabs/tabs";
import { Modal } from "@/ui/modal";
import { navigateTo } from "@/ui/navigation";
import { notify } from "@/ui/notifications";
import { releaseHolds } from "@/undo/undo";

import { authClient } from "./auth-client";
import { clearToken } from "./token";

const BUTTON =
  "menu-button flex min-h-11 items-center rounded-full px-3 text-sm font-semibold text-on-sky hover:bg-ink/10 lg:text-ink";

/** A guest of the demo has no password to come back with, and so is offered to sign up instead. */
export function SignOutButton({ user, isPending }: { user: User; isPending: boolean }) {
  const [isBusy, setIsBusy] = useState(false);
  const [isConfirming, setIsConfirming] = useState(false);

  function handleClick() {
    releaseHolds();
    if (hasDrafts() || isPending) setIsConfirming(true);
    else void signOut();
  }

  async function signOut() {
    setIsBusy(true);
    const result = await authClient.signOut().catch(() => null);
    setIsBusy(false);
    if (!result || result.error) return notify("error", "You are still signed in; please try again");
    clearToken();
    removeAllDrafts();
    await Promise.all([forgetList(), forgetChanges()]);
    tellTabs({ kind: "signed-out" });
    navigateTo("/sign-in");
  }

  const title = `Signed in as ${user.name}`;
  if (user.isGuest) {
    return (
      <Link href="/sign-up?next=%2F" className={BUTTON} title={title}>
        Sign up
      </Link>
    );
  }
  return (
    <>
      <button type="button" onClick={handleClick} disabled={isBusy} title={title} className={BUTTON}>
        Sign out
      </button>
      {isConfirming && (
        <Modal
          title="Sign out anyway?"
          choices={[
            { text: "Stay", variant: "plain", value: "stay", autoFocus: true },
            { text: "Sign out and lose it", variant: "danger", value: "leave" },
          ]}
          onClose={(choice) => {
            setIsConfirming(false);
            if (choice === "leave") void signOut();
          }}
        >
          <p>Some of what you typed or did here has not reached the service yet. It would be lost.</p>
        </Modal>
      )}
    </>
  );
}

"use client";

import Link from "next/link";
import { type FormEvent, useState } from "react";

import { tellTabs } from "@/tabs/tabs";
import { Button } from "@/ui/button";
import { PasswordField } from "@/ui/password-field";
import { TextField } from "@/ui/text-field";

import { authClient } from "./auth-client";
import { MAX_NAME_LENGTH } from "./limits";
import { SessionEnded } from "./session-ended";
import { clearToken } from "./token";

interface CredentialsFormProps {
  purpose: "sign-in" | "sign-up";
  /** The path to open after signing in. */
  next: string;
  /** Whether the user is here because the session has ended. */
  sessionEnded?: boolean;
  /** Whether a link to a new password can be sent. */
  canReset?: boolean;
}

export function CredentialsForm({ purpose, next, sessionEnded = false, canReset = false }: CredentialsFormProps) {
  const [error, setError] = useState<string | null>(null);
  const [isPending, setIsPending] = useState(false);
  const isSignUp = purpose === "sign-up";

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setError(null);
    setIsPending(true);
    const message = await authenticate(isSignUp, new FormData(event.currentTarget));
    setError(message);
    setIsPending(false);
    // Loads another page, so that nothing of a previous user stays in memory.
    if (!message) location.assign(next);
  }

  const other = isSignUp ? "sign-in" : "sign-up";
  const query = next === "/" ? "" : `?next=${encodeURIComponent(next)}`;
  return (
    <form method="post" onSubmit={submit} className="mx-auto max-w-sm space-y-5 lg:mt-[12vh]">
      <h2 className="font-serif text-3xl tracking-tight">{isSignUp ? "Sign up" : "Sign in"}</h2>
      {sessionEnded && <SessionEnded />}
      {isSignUp && (
        <TextField label="Name" name="name" dir="auto" autoComplete="name" maxLength={MAX_NAME_LENGTH} required />
      )}
      <TextField label="E-mail" name="email" type="email" autoComplete="email" required />
      <PasswordField isNew={isSignUp} />
      <p role="alert" className="font-medium text-danger empty:hidden">
        {error}
      </p>
      <Button type="submit" disabled={isPending} className="min-h-12 w-full">
        {isSignUp ? "Create account" : "Sign in"}
      </Button>
      <p className="text-center text-muted">
        {isSignUp ? "Already have an account?" : "New here?"}{" "}
        <Link href={`/${other}${query}`} className="link">
          {isSignUp ? "Sign in" : "Sign up"}
        </Link>
        {canReset && !isSignUp && (
          <>
            {" · "}
            <Link href="/forgot-password" className="link">
              Forgot your password?
            </Link>
          </>
        )}
      </p>
    </form>
  );
}

/** Returns the error message, or null on success. */
async function authenticate(isSignUp: boolean, form: FormData): Promise<string | null> {
  const field = (name: string) => String(form.get(name) ?? "");
  const credentials = { email: field("email"), password: field("password") };
  try {
    const { data, error } = isSignUp
      ? await authClient.signUp.email({ ...credentials, name: field("name") })
      : await authClient.signIn.email(credentials);
    if (error)
      return error.status === 431 ? TOO_MANY_COOKIES : (error.message ?? "That did not work; please try again");
    // Without its cookie, the next page would lead back here without a word.
    const session = await authClient.getSession();
    if (!session.data) return "Your browser keeps no cookies for this site. Allow them, and sign in again.";
    clearToken();
    tellTabs({ kind: "signed-in", owner: data.user.id });
    return null;
  } catch {
    return navigator.onLine ? "The server is not responding; please try again in a moment" : "You are offline";
  }
}

const TOO_MANY_COOKIES = "Your browser sends too many cookies. Please delete those of this site.";

"use client";

import Link from "next/link";
import { useState, type FormEvent } from "react";

import { Button } from "@/components/button";
import { SessionEnded } from "@/components/session-ended";
import { TextField } from "@/components/text-field";
import { authClient } from "@/lib/auth-client";
import { clearToken } from "@/lib/token";

interface CredentialsFormProps {
  purpose: "sign-in" | "sign-up";
  /** The path to open after signing in. */
  next: string;
  /** Whether the user is here because the session has ended. */
  sessionEnded?: boolean;
}

export function CredentialsForm({ purpose, next, sessionEnded = false }: CredentialsFormProps) {
  const [error, setError] = useState<string | null>(null);
  const [isPending, setIsPending] = useState(false);
  const isSignUp = purpose === "sign-up";

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setIsPending(true);
    const message = await authenticate(isSignUp, new FormData(event.currentTarget));
    setError(message);
    setIsPending(false);
    // Loads the page anew, so that nothing of a previous user stays in memory.
    if (!message) location.assign(next);
  }

  const other = isSignUp ? "sign-in" : "sign-up";
  const query = next === "/" ? "" : `?next=${encodeURIComponent(next)}`;
  return (
    <form method="post" onSubmit={submit} className="mx-auto max-w-sm space-y-5 lg:mt-[12vh]">
      <h2 className="font-serif text-3xl tracking-tight">{isSignUp ? "Sign up" : "Sign in"}</h2>
      {sessionEnded && <SessionEnded />}
      {isSignUp && <TextField label="Name" name="name" dir="auto" autoComplete="name" required />}
      <TextField label="E-mail" name="email" type="email" autoComplete="email" required />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete={isSignUp ? "new-password" : "current-password"}
        minLength={isSignUp ? 8 : undefined}
        placeholder={isSignUp ? "At least 8 characters" : undefined}
        required
      />
      <p role="alert" className="font-medium text-danger empty:hidden">
        {error}
      </p>
      <Button type="submit" disabled={isPending} className="min-h-12 w-full">
        {isSignUp ? "Create account" : "Sign in"}
      </Button>
      <p className="text-center text-muted">
        {isSignUp ? "Already have an account?" : "New here?"}{" "}
        <Link
          href={`/${other}${query}`}
          className="inline-flex min-h-11 items-center font-semibold text-accent underline underline-offset-4"
        >
          {isSignUp ? "Sign in" : "Sign up"}
        </Link>
      </p>
    </form>
  );
}

/** Returns the error message, or null on success. */
async function authenticate(isSignUp: boolean, form: FormData): Promise<string | null> {
  const field = (name: string) => String(form.get(name) ?? "");
  const credentials = { email: field("email"), password: field("password") };
  try {
    const { error } = isSignUp
      ? await authClient.signUp.email({ ...credentials, name: field("name") })
      : await authClient.signIn.email(credentials);
    if (!error) clearToken();
    return error ? (error.message ?? "That did not work; please try again") : null;
  } catch {
    return "The server is not responding; please try again in a moment";
  }
}

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
  /** Where to go afterwards. */
  next: string;
  /** Whether the session has ended under the user's hands. */
  expired?: boolean;
}

export function CredentialsForm({ purpose, next, expired = false }: CredentialsFormProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const signsUp = purpose === "sign-up";

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setBusy(true);
    const failure = await enter(signsUp, new FormData(event.currentTarget));
    setProblem(failure);
    setBusy(false);
    // A whole page, so that nothing of whoever was here before stays in memory.
    if (!failure) location.assign(next);
  }

  const other = signsUp ? "sign-in" : "sign-up";
  const query = next === "/" ? "" : `?next=${encodeURIComponent(next)}`;
  return (
    <form method="post" onSubmit={submit} className="mx-auto max-w-sm space-y-5 lg:mt-[12vh]">
      <h2 className="font-serif text-3xl tracking-tight">{signsUp ? "Sign up" : "Sign in"}</h2>
      {expired && <SessionEnded />}
      {signsUp && <TextField label="Name" name="name" dir="auto" autoComplete="name" required />}
      <TextField label="E-mail" name="email" type="email" autoComplete="email" required />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete={signsUp ? "new-password" : "current-password"}
        minLength={signsUp ? 8 : undefined}
        placeholder={signsUp ? "At least 8 characters" : undefined}
        required
      />
      <p role="alert" className="font-medium text-danger empty:hidden">
        {problem}
      </p>
      <Button type="submit" disabled={busy} className="min-h-12 w-full">
        {signsUp ? "Create the account" : "Sign in"}
      </Button>
      <p className="text-center text-muted">
        {signsUp ? "You have an account?" : "You are new here?"}{" "}
        <Link
          href={`/${other}${query}`}
          className="inline-flex min-h-11 items-center font-semibold text-accent underline underline-offset-4"
        >
          {signsUp ? "Sign in" : "Sign up"}
        </Link>
      </p>
    </form>
  );
}

/** Returns what went wrong, or null. */
async function enter(signsUp: boolean, form: FormData): Promise<string | null> {
  const text = (name: string) => String(form.get(name) ?? "");
  const credentials = { email: text("email"), password: text("password") };
  try {
    const { error } = signsUp
      ? await authClient.signUp.email({ ...credentials, name: text("name") })
      : await authClient.signIn.email(credentials);
    if (!error) clearToken();
    return error ? (error.message ?? "That did not work; please try again") : null;
  } catch {
    return "The server does not answer; please try again in a moment";
  }
}

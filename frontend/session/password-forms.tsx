"use client";

import Link from "next/link";
import { type FormEvent, type ReactNode, useState } from "react";

import { Button } from "@/ui/button";
import { PasswordField } from "@/ui/password-field";
import { TextField } from "@/ui/text-field";

import { authClient } from "./auth-client";

/** Asks for a link to a new password. The answer is the same whether there is such a user or not. */
export function ForgotPasswordForm() {
  return (
    <PasswordForm
      title="A new password"
      button="Send me a link"
      done="If there is an account with this e-mail, a link to a new password is on its way."
      request={(form) =>
        authClient.requestPasswordReset({ email: String(form.get("email")), redirectTo: "/reset-password" })
      }
    >
      <TextField label="E-mail" name="email" type="email" autoComplete="email" required />
    </PasswordForm>
  );
}

export function ResetPasswordForm({ token }: { token: string }) {
  return (
    <PasswordForm
      title="A new password"
      button="Save it"
      done="Your new password is saved."
      request={(form) => authClient.resetPassword({ newPassword: String(form.get("password")), token })}
    >
      <PasswordField isNew />
    </PasswordForm>
  );
}

interface PasswordFormProps {
  title: string;
  button: string;
  done: string;
  request: (form: FormData) => Promise<{ error: { message?: string | undefined } | null }>;
  children: ReactNode;
}

function PasswordForm({ title, button, done, request, children }: PasswordFormProps) {
  const [outcome, setOutcome] = useState<{ isDone: boolean; text: string }>();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setOutcome(undefined);
    const failure = { message: "The server is not responding; please try again in a moment" };
    const { error } = await request(new FormData(event.currentTarget)).catch(() => ({ error: failure }));
    setOutcome({ isDone: !error, text: error ? (error.message ?? "That did not work") : done });
  }

  return (
    <form method="post" onSubmit={submit} className="mx-auto max-w-sm space-y-5 lg:mt-[12vh]">
      <h2 className="font-serif text-3xl tracking-tight">{title}</h2>
      {!outcome?.isDone && children}
      <p role="alert" className={outcome?.isDone ? "text-muted" : "font-medium text-danger empty:hidden"}>
        {outcome?.text}
      </p>
      {!outcome?.isDone && (
        <Button type="submit" className="min-h-12 w-full">
          {button}
        </Button>
      )}
      <p className="text-center">
        <Link href="/sign-in" className="link">
          Sign in
        </Link>
      </p>
    </form>
  );
}

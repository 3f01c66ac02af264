"use client";

import Link from "next/link";
import { type FormEvent, type ReactNode, useState, useSyncExternalStore } from "react";

import { hasDrafts } from "@/drafts/drafts";
import { tellTabs } from "@/tabs/tabs";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/text-field";

import { authClient } from "./auth-client";
import { MAX_NAME_LENGTH, MIN_PASSWORD_LENGTH } from "./limits";
import { clearToken, TOO_MANY_COOKIES } from "./token";

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
  const isSignUp = purpose === "sign-up";
  const query = next === "/" ? "" : `?next=${encodeURIComponent(next)}`;

  async function submit(field: (name: string) => string): Promise<Failure | null> {
    const credentials = { email: field("email"), password: field("password") };
    const { data, error } = isSignUp
      ? await authClient.signUp.email({ ...credentials, name: field("name") })
      : await authClient.signIn.email(credentials);
    if (error) return error;
    // Without its cookie, the next page would lead back here without a word.
    const session = await authClient.getSession();
    if (!session.data)
      return { message: "Your browser keeps no cookies for this site. Allow them, and sign in again." };
    clearToken();
    tellTabs({ kind: "signed-in", owner: data.user.id });
    // Loads another page, so that nothing of a previous user stays in memory.
    location.assign(next);
    return null;
  }

  return (
    <Form
      title={isSignUp ? "Sign up" : "Sign in"}
      button={isSignUp ? "Create account" : "Sign in"}
      submit={submit}
      links={
        <>
          {isSignUp ? "Already have an account?" : "New here?"}{" "}
          <Link href={`${isSignUp ? "/sign-in" : "/sign-up"}${query}`} className="link">
            {isSignUp ? "Sign in" : "Sign up"}
          </Link>
          {canReset && " · "}
          {canReset && (
            <Link href="/forgot-password" className="link">
              Forgot your password?
            </Link>
          )}
        </>
      }
    >
      {sessionEnded && <SessionEnded />}
      {isSignUp && (
        <TextField label="Name" name="name" dir="auto" autoComplete="name" maxLength={MAX_NAME_LENGTH} required />
      )}
      <EmailField />
      <PasswordField isNew={isSignUp} />
    </Form>
  );
}

/** Tells why the user has to sign in again, and whether there are drafts. */
function SessionEnded() {
  // The drafts are in the browser, so the server renders the text without them. They do not change meanwhile.
  const isDraftStored = useSyncExternalStore(
    () => () => undefined,
    hasDrafts,
    () => false,
  );
  return (
    <p className="text-muted">
      Your session has ended. What you did is kept, and sent when you have signed in
      {isDraftStored && "; what you typed is waiting for you"}.
    </p>
  );
}

/** Asks for a link to a new password. The answer is the same whether there is such a user or not. */
export function ForgotPasswordForm() {
  const request = (email: string) => authClient.requestPasswordReset({ email, redirectTo: "/reset-password" });
  return (
    <Form
      title="A new password"
      button="Send me a link"
      done="If there is an account with this e-mail, a link to a new password is on its way."
      submit={async (field) => (await request(field("email"))).error}
    >
      <EmailField />
    </Form>
  );
}

export function ResetPasswordForm({ token }: { token: string }) {
  const save = (newPassword: string) => authClient.resetPassword({ newPassword, token });
  return (
    <Form
      title="A new password"
      button="Save it"
      done="Your new password is saved."
      submit={async (field) => (await save(field("password"))).error}
    >
      <PasswordField isNew />
    </Form>
  );
}

interface Failure {
  status?: number;
  message?: string | undefined;
}

interface FormProps {
  title: string;
  button: string;
  submit: (field: (name: string) => string) => Promise<Failure | null>;
  /** What replaces the fields after success, unless another page does. */
  done?: string;
  links?: ReactNode;
  children: ReactNode;
}

const SIGN_IN = (
  <Link href="/sign-in" className="link">
    Sign in
  </Link>
);

function Form({ title, button, submit, done, links = SIGN_IN, children }: FormProps) {
  const [error, setError] = useState<string>();
  const [state, setState] = useState<"open" | "pending" | "done">("open");
  const isOver = state === "done" && done !== undefined;

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setError(undefined);
    setState("pending");
    const form = new FormData(event.currentTarget);
    const failure = await submit((name) => String(form.get(name) ?? "")).catch(noResponse);
    if (failure) setError(failure.status === 431 ? TOO_MANY_COOKIES : (failure.message ?? "That did not work"));
    setState(failure ? "open" : "done");
  }

  return (
    <form method="post" onSubmit={handleSubmit} className="mx-auto max-w-sm space-y-5 lg:mt-[12vh]">
      <h2 className="font-serif text-3xl tracking-tight">{title}</h2>
      {!isOver && children}
      <p role="alert" className={isOver ? "text-muted" : "font-medium text-danger empty:hidden"}>
        {isOver ? done : error}
      </p>
      {!isOver && (
        <Button type="submit" disabled={state === "pending"} className="min-h-12 w-full">
          {button}
        </Button>
      )}
      <p className="text-center text-muted">{links}</p>
    </form>
  );
}

function noResponse(): Failure {
  return {
    message: navigator.onLine ? "The server is not responding; please try again in a moment" : "You are offline",
  };
}

function EmailField() {
  return <TextField label="E-mail" name="email" type="email" autoComplete="email" required />;
}

function PasswordField({ isNew }: { isNew: boolean }) {
  const rule = { minLength: MIN_PASSWORD_LENGTH, placeholder: `At least ${MIN_PASSWORD_LENGTH} characters` };
  return (
    <TextField
      label="Password"
      name="password"
      type="password"
      autoComplete={isNew ? "new-password" : "current-password"}
      autoCapitalize="off"
      spellCheck={false}
      {...(isNew && rule)}
      required
    />
  );
}

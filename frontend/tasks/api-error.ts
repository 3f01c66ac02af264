import type { ErrorEnvelope, Violation } from "./task";

/** An error response of the Tasks API: `code` is for programs, `message` for the user. */
export class ApiError extends Error {
  readonly code: string;
  readonly details: readonly Violation[];

  constructor(
    readonly status: number,
    // A proxy may respond with another body, or with none.
    body?: Partial<ErrorEnvelope>,
  ) {
    super(body?.error?.message ?? `The service responded with status ${status}`);
    this.code = body?.error?.code ?? "UNKNOWN";
    this.details = body?.error?.details ?? [];
  }

  /** Returns the message for each invalid field. The contract defines the messages. */
  fieldErrors(): Record<string, string> {
    return Object.fromEntries(this.details.map(({ field, message }) => [field, message]));
  }
}

/** No response arrived. `fetch` throws a TypeError then, which alone may also be a mistake in a program. */
export class NetworkError extends Error {
  /** `server` is the one that did not respond. */
  constructor(
    readonly server: "service" | "sign-in",
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The session has ended. */
export class SignedOutError extends Error {
  override message = "Please sign in again";
}

export function requiresSignIn(error: unknown): boolean {
  return error instanceof SignedOutError;
}

/** Tells whether the change may be sent again later: the service has not judged it, only the sign-in. */
export function isUndecided(error: unknown): boolean {
  return requiresSignIn(error) || (error instanceof ApiError && error.status === 401);
}

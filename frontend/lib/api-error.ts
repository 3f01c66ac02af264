import type { ErrorEnvelope, Violation } from "./task";

/** An error response of the Tasks API: `code` is for programs, `message` for the user. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly Violation[];

  constructor(status: number, envelope: ErrorEnvelope | undefined) {
    super(envelope?.error.message ?? `The service responded with status ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.code = envelope?.error.code ?? "UNKNOWN";
    this.details = envelope?.error.details ?? [];
  }

  /** Returns the message for each invalid field. The contract defines the messages. */
  fieldErrors(): Record<string, string> {
    return Object.fromEntries(this.details.map(({ field, message }) => [field, message]));
  }
}

/** The session has ended. */
export class SignedOutError extends Error {
  constructor() {
    super("Please sign in again");
    this.name = "SignedOutError";
  }
}

export function requiresSignIn(error: unknown): boolean {
  return error instanceof SignedOutError || (error instanceof ApiError && error.status === 401);
}

import type { ErrorEnvelope, Violation } from "./task";

/** A refusal of the Tasks API: programs decide by `code`, people read `message`. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly Violation[];

  constructor(status: number, envelope: ErrorEnvelope | undefined) {
    super(envelope?.error.message ?? `The service answered ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.code = envelope?.error.code ?? "UNKNOWN";
    this.details = envelope?.error.details ?? [];
  }

  /** What is wrong with each field, in the contract's words. */
  byField(): Record<string, string> {
    return Object.fromEntries(this.details.map(({ field, message }) => [field, message]));
  }
}

/** Nobody is signed in any more. */
export class SignedOutError extends Error {
  constructor() {
    super("Please sign in again");
    this.name = "SignedOutError";
  }
}

export function wantsSignIn(error: unknown): boolean {
  return error instanceof SignedOutError || (error instanceof ApiError && error.status === 401);
}

import { isDemo } from "./settings";

/** There is no mail server yet, and the log of a production server is no place for the links of its users. */
export function canSendMail(): boolean {
  return isDemo() || process.env.NODE_ENV !== "production";
}

/** Prints the mail. Replace this with your provider's API. */
export function sendMail({ to, subject, text }: Record<"to" | "subject" | "text", string>): void {
  console.info(`\n  Mail to ${to}: ${subject}\n  ${text}\n`);
}

import { markClientAddresses } from "./client-address";
import { settings } from "./settings";

/** Ends this process, with a line that says why, where it has not been told what it needs. */
export function prepareServer(): void {
  try {
    markClientAddresses(settings().trustedProxies.length > 0);
  } catch (error) {
    console.error(`The frontend cannot start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

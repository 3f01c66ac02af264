import { setClientAddressHeader } from "./client-address";
import { readSettings } from "./settings";
import { explainTooManyCookies } from "./too-many-cookies";

/** Ends the process with an error message if the settings are not complete and valid. */
export function registerNode(): void {
  explainTooManyCookies();
  try {
    setClientAddressHeader(readSettings().trustedProxies.length > 0);
  } catch (error) {
    console.error(`The frontend cannot start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

import { betterAuth, type BetterAuthOptions } from "better-auth";
import { nextCookies } from "better-auth/next-js";
import { jwt } from "better-auth/plugins";
import { SignJWT } from "jose";
import { Pool } from "pg";

import { CLIENT_ADDRESS } from "./client-address";
import { settings, type Settings } from "./settings";

let built: ReturnType<typeof build> | undefined;

/** Better Auth, built at the first request: a build of the frontend needs no database and no secret. */
export function auth() {
  return (built ??= build(settings()));
}

function build(given: Settings) {
  return betterAuth({ ...authOptions(given), plugins: [tasksApiToken(given.secret), nextCookies()] });
}

/** What decides the tables, for the migration as well. */
export function authOptions({ databaseUrl, secret, url, trustedProxies }: Settings) {
  return {
    database: pool(databaseUrl),
    secret,
    baseURL: url,
    // The Tasks API has a foreign key to `users`, and Better Auth's own name for it is `user`.
    user: {
      modelName: "users",
      fields: { emailVerified: "email_verified", createdAt: "created_at", updatedAt: "updated_at" },
    },
    emailAndPassword: { enabled: true },
    advanced: {
      useSecureCookies: url.startsWith("https://"),
      // By default it would be `X-Forwarded-For`, in which a client writes what it likes.
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS], trustedProxies },
    },
    // In a minute, per address: too few to guess passwords, enough for a school class to begin.
    rateLimit: {
      customRules: {
        "/sign-in/email": { window: 60, max: 20 },
        "/sign-up/email": { window: 60, max: 100 },
      },
    },
    telemetry: { enabled: false },
    plugins: [tasksApiToken(secret)],
  } satisfies BetterAuthOptions;
}

/** `/api/auth/token`, signed with HS256 and the secret that the Tasks API has too. */
function tasksApiToken(secret: string) {
  const key = new TextEncoder().encode(secret);
  return jwt({
    // `sign` demands both of these, and then there is no key pair and nothing to fetch.
    jwks: { remoteUrl: "https://unused.invalid", keyPairConfig: { alg: "EdDSA" } },
    jwt: {
      definePayload: ({ user }) => ({ email: user.email, name: user.name }),
      sign: (payload) =>
        new SignJWT(payload).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(key),
    },
  });
}

function pool(connectionString: string): Pool {
  const made = new Pool({ connectionString, max: 5, connectionTimeoutMillis: 5_000 });
  // Without a listener, an idle connection that the database cuts would end this process.
  made.on("error", (error) => console.warn(`The database cut a connection: ${error.message}`));
  return made;
}

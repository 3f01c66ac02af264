import { type BetterAuthOptions, betterAuth } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { nextCookies } from "better-auth/next-js";
import { jwt } from "better-auth/plugins";
import { SignJWT } from "jose";
import { Pool } from "pg";

import { MAX_NAME_LENGTH } from "@/session/limits";

import { clientAddressHeader } from "./client-address";
import { canSendMail, sendMail } from "./mail";
import { readSettings, type Settings } from "./settings";

const createAuth = () => betterAuth(authOptions(readSettings()));
let instance: ReturnType<typeof createAuth> | undefined;

/** Returns Better Auth. The first call creates it, so that the build needs neither a database nor a secret. */
export function auth() {
  instance ??= createAuth();
  return instance;
}

/** Returns the options that define the tables. The migration uses them too. */
export function authOptions({ databaseUrl, secret, url, trustedProxies }: Settings) {
  return {
    database: createPool(databaseUrl),
    secret,
    baseURL: url,
    // The foreign key of the Tasks API refers to `users`. Better Auth would call the table `user`.
    user: {
      modelName: "users",
      fields: { emailVerified: "email_verified", createdAt: "created_at", updatedAt: "updated_at" },
    },
    emailAndPassword: {
      enabled: true,
      ...(canSendMail() && {
        sendResetPassword: async ({ user, url: link }) =>
          sendMail({ to: user.email, subject: "A new password", text: link }),
      }),
    },
    hooks: { before: createAuthMiddleware(async ({ body }) => refuseBadInput(body)) },
    advanced: {
      useSecureCookies: url.startsWith("https://"),
      // The default is `X-Forwarded-For`, which a client can set to any value.
      ipAddress: { ipAddressHeaders: [clientAddressHeader()], trustedProxies },
    },
    // The limits apply per address and minute: too few attempts to guess a password, but enough for a
    // school class whose members all sign up at once.
    rateLimit: {
      customRules: {
        "/sign-in/email": { window: 60, max: 20 },
        "/sign-up/email": { window: 60, max: 100 },
      },
    },
    telemetry: { enabled: false },
    plugins: [tasksApiJwt(secret), nextCookies()],
  } satisfies BetterAuthOptions;
}

/** The most common ones of at least eight characters; a guess begins with them. */
const COMMON_PASSWORDS = ["password", "12345678", "123456789", "1234567890", "qwertyuiop", "11111111", "iloveyou"];

function refuseBadInput(body: unknown): void {
  const { name, email, password, newPassword } = (body ?? {}) as Record<string, unknown>;
  if (typeof name === "string" && name.length > MAX_NAME_LENGTH) {
    throw new APIError("BAD_REQUEST", { message: `A name has at most ${MAX_NAME_LENGTH} characters` });
  }
  const chosen = newPassword ?? (name === undefined ? undefined : password);
  if (typeof chosen === "string" && [...COMMON_PASSWORDS, email, name].includes(chosen.toLowerCase())) {
    throw new APIError("BAD_REQUEST", { message: "This password is easy to guess: please choose another one" });
  }
}

/** Serves `/api/auth/token`. The Tasks API verifies the tokens with HS256 and the same secret. */
function tasksApiJwt(secret: string) {
  const key = new TextEncoder().encode(secret);
  return jwt({
    // `sign` requires these two options, but nothing generates a key pair or fetches this URL.
    jwks: { remoteUrl: "https://unused.invalid", keyPairConfig: { alg: "EdDSA" } },
    jwt: {
      // A name from before the limit would make a token that no request can carry.
      definePayload: ({ user }) => ({ email: user.email, name: user.name.slice(0, MAX_NAME_LENGTH) }),
      // The header has the `typ` of what is not for the Tasks API, such as an access token.
      sign: (payload, header) =>
        new SignJWT(payload).setProtectedHeader({ typ: "JWT", ...header, alg: "HS256" }).sign(key),
    },
  });
}

function createPool(connectionString: string): Pool {
  const pool = new Pool({ connectionString, max: 5, connectionTimeoutMillis: 5_000 });
  // Without a listener, the process would end when the database closes an idle connection.
  pool.on("error", (error) => console.warn(`The database closed a connection: ${error.message}`));
  return pool;
}

// The set-ups that a token or a cookie can come from. Each takes what they have in common.

import { betterAuth } from "better-auth";
import { bearer, jwt } from "better-auth/plugins";
import { SignJWT } from "jose";

import { documentedAuth } from "./documents.mjs";

const withPlugins = (...plugins) => (common) => betterAuth({ ...common, plugins });

const withCookieCache = (strategy, ...plugins) => (common) =>
  betterAuth({ ...common, plugins, session: { cookieCache: { enabled: true, strategy } } });

// The `jwt` plugin with its `sign` option, and what else it is told of the token.
const signing = (options) => (common) =>
  withPlugins(
    jwt({
      jwks: { remoteUrl: "https://unused.invalid", keyPairConfig: { alg: "EdDSA" } },
      jwt: {
        ...options,
        sign: (payload, header) =>
          new SignJWT(payload)
            .setProtectedHeader({ typ: "JWT", ...header, alg: "HS256" })
            .sign(new TextEncoder().encode(common.secret)),
      },
    }),
  )(common);

const withKeyPair = (alg) => withPlugins(jwt({ jwks: { keyPairConfig: { alg } } }));

export const setUps = {
  "no plugin": withPlugins(),
  documented: documentedAuth,
  sign: signing({}),
  "sign, user_id": signing({ definePayload: ({ user }) => ({ user_id: user.id }) }),
  "sign, another user_id": signing({ definePayload: () => ({ user_id: "somebody" }) }),
  "sign, getSubject": signing({ getSubject: ({ user }) => user.email }),
  "sign, expired": signing({ expirationTime: "-1m" }),
  "sign, issuer": signing({ issuer: "https://app.example.com", audience: "tasks" }),
  default: withPlugins(jwt()),
  bearer: withPlugins(jwt(), bearer()),
  ES256: withKeyPair("ES256"),
  ES512: withKeyPair("ES512"),
  PS256: withKeyPair("PS256"),
  RS256: withKeyPair("RS256"),
  "cookie, compact": withCookieCache("compact"),
  "cookie, jwt": withCookieCache("jwt"),
  "cookie, jwe": withCookieCache("jwe"),
  "cookie, of the keys": withCookieCache("jwt", jwt({ sessionCookieCache: true })),
};

// The set-ups that a token or a cookie can come from. Each takes what they have in common.

import { oauthProvider } from "@better-auth/oauth-provider";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { bearer, jwt } from "better-auth/plugins";
import { SignJWT } from "jose";

import { documentedAuth } from "./documents.mjs";

const withPlugins = (...plugins) => (common) => betterAuth({ ...common, plugins });

const withCookieCache = (strategy, ...plugins) => (common) =>
  betterAuth({ ...common, plugins, session: { cookieCache: { enabled: true, strategy } } });

const signed = (payload, header, secret) =>
  new SignJWT(payload).setProtectedHeader(header).sign(new TextEncoder().encode(secret));

// The `jwt` plugin with its `sign` option, and what else it is told of the token.
const signingJwt = (options, { secret }, alg = "EdDSA") =>
  jwt({
    jwks: { remoteUrl: "https://unused.invalid", keyPairConfig: { alg } },
    jwt: {
      sign: (payload, header) => signed(payload, { typ: "JWT", ...header, alg: "HS256" }, secret),
      ...options,
    },
  });

const signing = (options) => (common) => withPlugins(signingJwt(options, common))(common);

// As an OAuth provider, with the tables for it. The issuer is a resource too: the access tokens for
// it have the same `iss` and `aud`, as the tokens of `jwt` have.
const providing = (jwtOf) => async (common) => {
  const provider = oauthProvider({
    loginPage: "/sign-in",
    consentPage: "/consent",
    allowDynamicClientRegistration: true,
    resources: [`${common.baseURL}/api/auth`],
    enforcePerClientResources: false,
    silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
  });
  const options = { ...common, plugins: [jwtOf(common), provider] };
  await (await getMigrations(options)).runMigrations();
  return betterAuth(options);
};

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
  provider: providing(() => jwt()),
  // The provider issues id_tokens only if the algorithm that is named is the one of `sign`.
  "provider, sign": providing((common) => signingJwt({}, common, "HS256")),
  "provider, headerless sign": providing((common) => {
    const sign = (payload) => signed(payload, { alg: "HS256" }, common.secret);
    return signingJwt({ sign }, common, "HS256");
  }),
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

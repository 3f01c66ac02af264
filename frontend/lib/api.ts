import createClient, { type Client } from "openapi-fetch";

import { ApiError } from "./api-error";
import type { paths } from "./api-types";
import { retryFetch } from "./retry-fetch";
import type { ErrorEnvelope } from "./task";
import { forgetToken, token } from "./token";

export type Api = Client<paths>;

/** The Tasks API, called with the token of who is signed in. */
export function createApi(origin: string): Api {
  return createClient<paths>({
    baseUrl: origin,
    // Versions are kept by TanStack Query, with `If-None-Match`; a second cache would hide changes.
    cache: "no-store",
    fetch: (request) => retryFetch((signal) => authorized(request, signal), request.signal),
  });
}

/** With a token, and once more with a new one where the first is refused. */
async function authorized(request: Request, signal: AbortSignal): Promise<Response> {
  const first = await token();
  const response = await send(request, first, signal);
  if (response.status !== 401) return response;
  forgetToken(first);
  return send(request, await token(), signal);
}

function send(request: Request, jwt: string, signal: AbortSignal): Promise<Response> {
  const attempt = new Request(request.clone(), { signal });
  attempt.headers.set("Authorization", `Bearer ${jwt}`);
  return fetch(attempt);
}

interface Answer<Body> {
  data?: Body;
  error?: ErrorEnvelope;
  response: Response;
}

/** The body of a success; @throws ApiError for anything else. */
export function expected<Body>({ data, error, response }: Answer<Body>): NonNullable<Body> {
  if (!response.ok || data === undefined || data === null) throw refusal({ error, response });
  return data;
}

export function refusal({ error, response }: Pick<Answer<unknown>, "error" | "response">): ApiError {
  return new ApiError(response.status, error?.error ? error : undefined);
}

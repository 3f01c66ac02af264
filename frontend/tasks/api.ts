import createClient, { type Client } from "openapi-fetch";
import { retryFetch } from "@/offline/retry-fetch";
import { clearToken, getToken } from "@/session/token";
import { isLeaving } from "@/ui/navigation";

import { ApiError, NetworkError } from "./api-error";
import type { paths } from "./api-types";
import type { ErrorEnvelope } from "./task";

export type Api = Client<paths>;

/** Returns a client of the Tasks API that sends the token of the signed-in user. */
export function createApi(origin: string): Api {
  return createClient<paths>({
    baseUrl: origin,
    // The browser's cache would hide changes. TanStack Query caches the list and its `ETag` instead.
    cache: "no-store",
    fetch: (request) => retryFetch((signal) => fetchWithToken(request, signal), request.signal, origin),
  });
}

/** After a 401, sends the request once more with a new token. A second 401 is not about the session. */
async function fetchWithToken(request: Request, signal: AbortSignal): Promise<Response> {
  const token = await getToken();
  const response = await send(request, token, signal);
  if (response.status !== 401) return response;
  clearToken(token);
  return send(request, await getToken(), signal);
}

async function send(request: Request, token: string, signal: AbortSignal): Promise<Response> {
  const copy = new Request(request.clone(), { signal, keepalive: isLeaving() });
  copy.headers.set("Authorization", `Bearer ${token}`);
  return fetch(copy).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new NetworkError("service", error);
  });
}

interface ApiResult<Body> {
  data?: Body;
  error?: ErrorEnvelope;
  response: Response;
}

/**
 * Returns the body of a successful response.
 *
 * @throws ApiError for any other response.
 */
export function unwrap<Body>({ data, error, response }: ApiResult<Body>): NonNullable<Body> {
  if (!response.ok || data === undefined || data === null) throw new ApiError(response.status, error);
  return data;
}

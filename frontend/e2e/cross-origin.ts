import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { callApi } from "./requests";
import { FRONTEND_URL, OTHER_ORIGIN, SERVICE_URL } from "./servers";
import { openAsNewUser } from "./users";

test("the frontend can read every response of the service, including headers and errors", () =>
  withPage(async (page) => {
    await openAsNewUser(page);

    const created = await callApi(page, "POST", "/api/tasks", { title: "Bake bread" });
    const invalid = await callApi(page, "POST", "/api/tasks", { title: "" });
    const unknown = await callApi(page, "GET", "/api/tasks/9007199254740991");
    const unauthorized = await page.evaluate(async (url) => {
      const response = await fetch(url, { credentials: "include" });
      return [response.status, response.headers.get("WWW-Authenticate")];
    }, `${SERVICE_URL}/api/tasks`);

    assert.equal(created.status, 201);
    assert.match(created.headers.location ?? "", /^\/api\/tasks\/\d+$/);
    assert.match(created.headers.etag ?? "", /^".+"$/);
    assert.deepEqual([invalid.status, unknown.status], [422, 404]);
    assert.deepEqual(invalid.body, {
      error: {
        code: "VALIDATION_ERROR",
        message: "The request is not valid",
        request_id: invalid.headers["x-request-id"],
        details: [{ code: "REQUIRED", in: "body", field: "title", message: "Title is required" }],
      },
    });
    assert.deepEqual(unauthorized, [401, 'Bearer realm="tasks"']);
  }));

test("a page of another origin cannot read a response", () =>
  withPage(async (page) => {
    await page.goto(`${OTHER_ORIGIN}/sign-in`);
    const corsError = page.waitForEvent("console", (message) => /CORS policy/.test(message.text()));

    const outcome = await page.evaluate(async (url) => {
      // This request succeeds, so neither the service nor the policy of the page makes the next one fail.
      const opaque = await fetch(url, { mode: "no-cors" });
      return [opaque.type, await fetch(url).then(String, (error: Error) => error.name)];
    }, `${SERVICE_URL}/api/tasks`);

    assert.deepEqual(outcome, ["opaque", "TypeError"]);
    assert.match((await corsError).text(), /No 'Access-Control-Allow-Origin' header is present/);
  }));

test("a preflight request is allowed for the frontend and for no other origin", async () => {
  const preflight = (origin: string) =>
    fetch(`${SERVICE_URL}/api/tasks/1`, {
      method: "OPTIONS",
      headers: {
        Origin: origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, content-type, if-match",
      },
    });

  const [allowed, denied] = [await preflight(FRONTEND_URL), await preflight(OTHER_ORIGIN)];

  assert.equal(allowed.headers.get("Access-Control-Allow-Origin"), FRONTEND_URL);
  assert.equal(allowed.headers.get("Access-Control-Allow-Credentials"), "true");
  assert.match(allowed.headers.get("Access-Control-Allow-Headers") ?? "", /if-match/i);
  assert.equal(denied.headers.get("Access-Control-Allow-Origin"), null);
});

test("pages have a Content-Security-Policy and cannot be framed", () =>
  withPage(async (page) => {
    const headers = (await page.goto("/sign-in"))?.headers() ?? {};

    const policy = headers["content-security-policy"] ?? "";
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe-/);
    assert(policy.includes(`connect-src 'self' ${SERVICE_URL};`));
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "same-origin");
  }));

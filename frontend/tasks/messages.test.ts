import assert from "node:assert/strict";
import { test } from "vitest";

import { ApiError } from "./api-error";
import { FORM_ERROR, formErrors, isShownInForm, successMessage } from "./messages";

const FAMILY = "👩‍👩‍👧";

function addedMessage(title: string): string {
  return successMessage({ kind: "add", key: "1", input: { title } });
}

test("a short title is quoted in full", () => {
  assert.equal(addedMessage("Bake bread"), "“\u2068Bake bread\u2069” added");
});

test("a long title is shortened without splitting a grapheme", () => {
  const message = addedMessage("a".repeat(59) + FAMILY + FAMILY);

  assert.equal(message, `“\u2068${"a".repeat(59)}${FAMILY}…\u2069” added`);
});

test("the length of a title is counted in graphemes, not in code units", () => {
  assert.equal(addedMessage(FAMILY.repeat(60)), `“\u2068${FAMILY.repeat(60)}\u2069” added`);
});

test("a form shows the message of a limit", () => {
  const message = "You have as many tasks as you may keep. Delete some, then try again.";
  const error = new ApiError(409, { error: { code: "LIMIT_REACHED", message, request_id: "1" } });

  assert.deepEqual(formErrors(error), { [FORM_ERROR]: message });
  assert(isShownInForm(error));
});

test("a form shows the messages of its fields", () => {
  const error = rejection("title");

  assert.deepEqual(formErrors(error), { title: "It is wrong" });
  assert(isShownInForm(error));
});

for (const [name, error] of [
  ["a violation outside the fields", rejection("title", "Idempotency-Key")],
  [
    "a bug of the service",
    new ApiError(500, { error: { code: "INTERNAL_ERROR", message: "Internal server error", request_id: "1" } }),
  ],
  ["a network error", new TypeError("Failed to fetch")],
] as const) {
  test(`a form does not show ${name}`, () => assert(!isShownInForm(error)));
}

function rejection(...fields: string[]): ApiError {
  const details = fields.map((field) => ({ code: "REQUIRED", in: "body", field, message: "It is wrong" }));
  const message = "The request is not valid";
  return new ApiError(422, { error: { code: "VALIDATION_ERROR", message, request_id: "1", details } });
}

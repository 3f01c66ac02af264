// @vitest-environment happy-dom

import assert from "node:assert/strict";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, test, vi } from "vitest";

import { ApiProvider } from "./api-provider";
import type { Task } from "./task";
import { SimpleTasks } from "./tasks";

/** The client of Better Auth takes `fetch` when it is imported. */
const requests = vi.hoisted(() => {
  const made: Request[] = [];
  globalThis.fetch = (input, init) => {
    const request = new Request(input instanceof Request ? input : new URL(String(input), location.href), init);
    made.push(request);
    return respond(request);
  };
  return made;
});

/** Nothing is signed here, and nothing is verified. */
const TOKEN = ["{}", '{"sub":"ada","iat":0,"exp":900}', ""].map(btoa).join(".");
const task = (id: number, title: string): Task =>
  ({ id, title, description: null, completed: false, etag: `"${id}"` }) as Task;

/** Responds as the service does, except that an answer may be held back. */
let tasks: Task[];
let refusal: string | undefined;
let answers: Promise<void>;

async function respond(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.endsWith("/token")) return Response.json({ token: TOKEN });
  if (request.method === "GET") return Response.json({ data: tasks, next: null });
  await answers;
  if (refusal) {
    const error = { code: "VALIDATION_ERROR", message: refusal, request_id: "1" };
    return Response.json({ error }, { status: 422 });
  }
  if (request.method === "POST") return Response.json({ data: task(9, (await request.json()).title) }, { status: 201 });
  return Response.json({ data: { ...tasks[0], completed: true } });
}

beforeEach(() => {
  tasks = [task(1, "Bake bread")];
  refusal = undefined;
  answers = Promise.resolve();
  requests.length = 0;
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function renderTasks(): void {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ApiProvider origin="http://service.invalid">
        <SimpleTasks />
      </ApiProvider>
    </QueryClientProvider>,
  );
}

const isBusy = (title: string) => screen.getByText(title).getAttribute("aria-busy") === "true";
const checkbox = (title: string) => screen.getByRole<HTMLInputElement>("checkbox", { name: title });

test("a ticked task is ticked at once, and stays so when the service has saved it", async () => {
  let answer = (): void => undefined;
  answers = new Promise((resolve) => {
    answer = resolve;
  });
  renderTasks();

  fireEvent.click(await screen.findByText("Bake bread"));
  await vi.waitFor(() => assert(checkbox("Bake bread").checked && isBusy("Bake bread")));
  answer();

  await vi.waitFor(() => assert(!isBusy("Bake bread")));
  assert(checkbox("Bake bread").checked);
});

test("a change that the service refuses is undone, and its message is shown", async () => {
  const alert = vi.fn();
  vi.stubGlobal("alert", alert);
  refusal = "Not today";
  renderTasks();

  fireEvent.click(await screen.findByText("Bake bread"));

  await vi.waitFor(() => assert.deepEqual(alert.mock.calls, [["Not today"]]));
  await vi.waitFor(() => assert(!checkbox("Bake bread").checked));
});

test("a new task is at the top, and is sent with an Idempotency-Key", async () => {
  renderTasks();
  await screen.findByText("Bake bread");

  fireEvent.change(screen.getByLabelText("Title"), { target: { value: "Water the plants" } });
  fireEvent.submit(screen.getByLabelText("Title").closest("form") as HTMLFormElement);
  await screen.findByText("Water the plants");
  await vi.waitFor(() => assert(!isBusy("Water the plants")));

  const titles = screen.getAllByRole("checkbox").map((each) => each.closest("label")?.textContent);
  assert.deepEqual(titles, ["Water the plants", "Bake bread"]);
  assert(requests.find(({ method }) => method === "POST")?.headers.get("Idempotency-Key"));
});

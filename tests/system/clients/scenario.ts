// What every client in TypeScript does. Each gives the six operations in the words of its generated types.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { env } from "node:process";

export interface Task {
  id: number;
  title: string;
  description: string | null;
  completed: boolean;
  etag: string;
  createdAt: string | Date;
}

export interface Failure {
  code: string;
  message: string;
  details?: { field: string; message: string }[];
}

/** An answer that is not a success, and what its body says, if that is what the contract describes. */
export class Refused extends Error {
  constructor(readonly status: number, readonly failure: Failure | undefined) {
    super(`${status} ${failure?.code}`);
  }
}

export interface Tasks {
  create(input: { title: string; description?: string | null }, key: string): Promise<Task>;
  list(): Promise<Task[]>;
  get(id: number): Promise<Task>;
  replace(id: number, input: { title: string; description?: string | null }, ifMatch: string): Promise<Task>;
  toggle(id: number, ifMatch: string): Promise<Task>;
  remove(id: number, ifMatch: string): Promise<void>;
}

type Connect = (url: string, token: string) => Tasks;

export function run(connect: Connect): void {
  scenario(connect).then(
    (seen) => console.log(JSON.stringify(seen)),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}

async function scenario(connect: Connect): Promise<Record<string, string>> {
  const url = env["TASKS_API"] ?? "";
  const tasks = connect(url, env["TOKEN"] ?? "");
  const key = randomUUID();

  const task = await tasks.create({ title: "Buy milk" }, key);
  assert.equal(task.description, null);
  assert.deepEqual(await tasks.create({ title: "Buy milk" }, key), task);
  assert.deepEqual(await tasks.list(), [task]);
  assert.deepEqual(await tasks.get(task.id), task);
  const oats = await tasks.replace(task.id, { title: "Buy oats", description: "Two" }, task.etag);
  assert.deepEqual([oats.title, oats.description, oats.completed], ["Buy oats", "Two", false]);
  const done = await tasks.toggle(task.id, oats.etag);
  assert.equal(done.completed, true);

  const stale = await refusal(tasks.replace(task.id, { title: "Buy rye" }, task.etag));
  const reused = await refusal(tasks.create({ title: "Buy rye" }, key));
  const stranger = await refusal(connect(url, "no-token").list());
  await tasks.remove(task.id, done.etag);
  const missing = await refusal(tasks.get(task.id));
  const blank = await refusal(tasks.create({ title: " " }, randomUUID()));

  const later = connect(env["LATER_API"] ?? "", "a-token");
  return {
    401: told(stranger),
    404: told(missing),
    412: told(stale),
    422: told(reused),
    blank: blank instanceof Refused ? told(blank) : "not sent",
    times: typeof task.createdAt === "string" ? "text" : "Date",
    "later task": await later.get(1).then(() => "read", told),
    "later code": told(await refusal(later.get(2))),
    "later status": told(await refusal(later.get(3))),
    proxy: told(await refusal(later.get(4))),
  };
}

async function refusal(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => assert.fail("This was not refused"),
    (error: unknown) => error,
  );
}

function told(error: unknown): string {
  if (!(error instanceof Refused)) return error instanceof Error ? error.constructor.name : typeof error;
  const { code, details } = error.failure ?? {};
  return [error.status, code, details?.map((violation) => violation.field)].filter(Boolean).join(" ");
}

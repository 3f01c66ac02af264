import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** What `make e2e` tells: the addresses, the database, the secret, and where the programs are. */
export function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the scenarios with \`make e2e\``);
  return value;
}

export const FRONTEND = given("BETTER_AUTH_URL");
export const SERVICE = given("TASKS_API_URL");
/** The frontend by another name: to a browser, a page of another origin. */
export const STRANGER = FRONTEND.replace("localhost", "127.0.0.1");

const START_MS = 30_000;

/** A program that the scenarios start and stop. */
export class Program {
  #process: ChildProcess | undefined;

  constructor(
    private readonly command: readonly string[],
    private readonly environment: Record<string, string>,
    private readonly proof: string,
  ) {}

  /** Returns when it answers. `changed` is for this run alone. */
  async start(changed: Record<string, string> = {}): Promise<void> {
    const [program = "", ...words] = this.command;
    this.#process = spawn(program, words, {
      // A folder without a `.env`, whose settings are not for these.
      cwd: await mkdtemp(path.join(tmpdir(), "e2e-")),
      env: { ...process.env, ...this.environment, ...changed },
      stdio: ["ignore", "ignore", "inherit"],
    });
    await until(() => answers(this.proof), `${this.proof} does not answer`);
  }

  async stop(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process || process.exitCode !== null) return;
    const ended = once(process, "exit");
    process.kill("SIGTERM");
    await ended;
  }

  /** Does something while this does not answer; afterwards it does, whatever came of that. */
  async whileStopped(act: () => Promise<void>): Promise<void> {
    await this.stop();
    try {
      await act();
    } finally {
      await this.start();
    }
  }

  /** Does something while this is told something else. */
  async whileTold(changed: Record<string, string>, act: () => Promise<void>): Promise<void> {
    await this.whileStopped(async () => {
      await this.start(changed);
      await act().finally(() => this.stop());
    });
  }
}

export const service = new Program(
  [given("PYTHON"), "-m", "tasks_api", "serve"],
  { PORT: given("SERVICE_PORT"), LOG_LEVEL: "error" },
  `${SERVICE}/livez`,
);

export const FRONTEND_SERVER = path.resolve(".next/standalone/server.js");

export const frontend = new Program(
  [process.execPath, FRONTEND_SERVER],
  { PORT: given("FRONTEND_PORT"), HOSTNAME: "127.0.0.1" },
  `${STRANGER}/icon.svg`,
);

/** Nobody listens there: a database that is away. */
export const NO_DATABASE = "postgresql://postgres@127.0.0.1:1/tasks";

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** Asks again and again, for as long as a program may take to start. */
export async function until(holds: () => Promise<boolean>, complaint: string): Promise<void> {
  const giveUp = Date.now() + START_MS;
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error(complaint);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

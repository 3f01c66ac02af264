import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** Returns an environment variable that `make e2e` sets: a URL, a port, the secret or a path. */
export function requiredEnv(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the scenarios with \`make e2e\``);
  return value;
}

/** Each lane, which is a process of its own, has its own servers. */
const LANE = Number(/lane-(\d)/.exec(process.argv[1] ?? "")?.[1]);
const [SERVICE_PORT = "", FRONTEND_PORT = ""] = requiredEnv("PORTS")
  .split(",")
  .slice(2 * LANE - 2);

export const FRONTEND_URL = `http://localhost:${FRONTEND_PORT}`;
export const SERVICE_URL = `http://127.0.0.1:${SERVICE_PORT}`;
process.env.BETTER_AUTH_URL = FRONTEND_URL;
process.env.FRONTEND_URL = FRONTEND_URL;
process.env.TASKS_API_URL = SERVICE_URL;
/** The frontend under another host name, which browsers treat as another origin. */
export const OTHER_ORIGIN = FRONTEND_URL.replace("localhost", "127.0.0.1");

const START_TIMEOUT_MS = 30_000;

/** A server that the scenarios start and stop. */
export class ServerProcess {
  #process: ChildProcess | undefined;
  /** What the server has printed so far. */
  output = "";

  constructor(
    private readonly command: readonly string[],
    private readonly environment: Record<string, string>,
    private readonly healthUrl: string,
  ) {}

  /** Starts the server and waits until it responds. The overrides are environment variables for this run. */
  async start(overrides: Record<string, string> = {}): Promise<void> {
    const [program = "", ...args] = this.command;
    this.#process = spawn(program, args, {
      // An empty folder, so that the server does not read the settings in a `.env` file.
      cwd: await mkdtemp(path.join(tmpdir(), "e2e-")),
      env: { ...process.env, ...this.environment, ...overrides },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#process.stdout?.on("data", (data) => {
      this.output += data;
    });
    await waitUntil(() => isReachable(this.healthUrl), `${this.healthUrl} does not respond`);
  }

  async stop(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const exited = once(process, "exit");
    process.kill("SIGTERM");
    await exited;
  }

  /** Stops the server, runs the action, and starts the server again even if the action fails. */
  async whileStopped(action: () => Promise<void>): Promise<void> {
    await this.stop();
    try {
      await action();
    } finally {
      await this.start();
    }
  }

  /** Runs the action while the server runs with other environment variables. */
  async whileRunningWith(overrides: Record<string, string>, action: () => Promise<void>): Promise<void> {
    await this.whileStopped(async () => {
      await this.start(overrides);
      await action().finally(() => this.stop());
    });
  }
}

export const service = new ServerProcess(
  [requiredEnv("PYTHON"), "-m", "tasks_api", "serve"],
  { PORT: SERVICE_PORT, LOG_LEVEL: "error" },
  `${SERVICE_URL}/livez`,
);

export const FRONTEND_SCRIPT = path.resolve(".next/standalone/server.js");

export const frontend = new ServerProcess(
  [process.execPath, FRONTEND_SCRIPT],
  { PORT: FRONTEND_PORT, HOSTNAME: "127.0.0.1" },
  `${OTHER_ORIGIN}/icon.svg`,
);

/** No server listens on this port. */
export const UNREACHABLE_DATABASE = "postgresql://postgres@127.0.0.1:1/tasks";

async function isReachable(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** Polls the condition. Throws an error with the message if it does not hold in time. */
export async function waitUntil(condition: () => Promise<boolean>, message: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(message);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

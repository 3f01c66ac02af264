import { isAxiosError } from "axios";
import { TasksApi, type ErrorEnvelope } from "./generated";

const api = new TasksApi();

await api.createTask({ taskInput: { title: 5 } }); // wrong: a number as title
await api.createTask({ taskInput: {} }); // wrong: no title
await api.createTask({ taskInput: { title: "Buy milk", titel: "Buy oats" } }); // wrong: an unknown property
await api.createTask({ taskInput: { title: "Buy milk" }, idempotencyKye: "1" }); // wrong: a misspelt header
await api.getTask({ id: "one" }); // wrong: text as id
const { data } = await api.getTask({ id: 1 });
data.data.titel; // wrong: an unknown property of a task
const error: unknown = undefined;
if (isAxiosError<ErrorEnvelope>(error)) error.response?.data.error.status; // wrong: an unknown property of an error

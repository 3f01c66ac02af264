import { Api, type ErrorEnvelope, type HttpResponse } from "./generated/api";

const { api } = new Api();

await api.createTask({ title: 5 }); // wrong: a number as title
await api.createTask({}); // wrong: no title
await api.createTask({ title: "Buy milk", titel: "Buy oats" }); // wrong: an unknown property
await api.createTask({ title: "Buy milk" }, { headers: { "Idempotency-Kye": "1" } }); // wrong: a misspelt header
await api.getTask("one"); // wrong: text as id
const { data } = await api.getTask(1);
data.data.titel; // wrong: an unknown property of a task
const answer = {} as HttpResponse<unknown, ErrorEnvelope>;
answer.error.error.status; // wrong: an unknown property of an error

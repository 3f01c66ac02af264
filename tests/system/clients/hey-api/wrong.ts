import { createTask, getTask } from "./generated/sdk.gen";

await createTask({ body: { title: 5 } }); // wrong: a number as title
await createTask({ body: {} }); // wrong: no title
await createTask({ body: { title: "Buy milk", titel: "Buy oats" } }); // wrong: an unknown property
await createTask({ body: { title: "Buy milk" }, headers: { "Idempotency-Kye": "1" } }); // wrong: a misspelt header
await getTask({ path: { id: "one" } }); // wrong: text as id
const { data, error } = await getTask({ path: { id: 1 } });
data?.data.titel; // wrong: an unknown property of a task
if (typeof error === "object") error.error.status; // wrong: an unknown property of an error

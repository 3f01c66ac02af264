import { createTask, getTask } from "./generated/client";

await createTask({ title: 5 }); // wrong: a number as title
await createTask({}); // wrong: no title
await createTask({ title: "Buy milk", titel: "Buy oats" }); // wrong: an unknown property
await createTask({ title: "Buy milk" }, { "Idempotency-Kye": "1" }); // wrong: a misspelt header
await getTask("one"); // wrong: text as id
const answer = await getTask(1);
if (answer.status === 200) answer.data.data.titel; // wrong: an unknown property of a task
if (answer.status === 404) answer.data.error.status; // wrong: an unknown property of an error

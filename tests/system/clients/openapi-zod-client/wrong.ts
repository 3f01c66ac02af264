import type { z } from "zod";
import { api, type schemas } from "./generated/client";

await api.create_task({ title: 5 }); // wrong: a number as title
await api.create_task({}); // wrong: no title
await api.create_task({ title: "Buy milk", titel: "Buy oats" }); // wrong: an unknown property
await api.create_task({ title: "Buy milk" }, { headers: { "Idempotency-Kye": "1" } }); // wrong: a misspelt header
await api.get_task({ params: { id: "one" } }); // wrong: text as id
const { data } = await api.get_task({ params: { id: 1 } });
data.titel; // wrong: an unknown property of a task
const body = {} as z.infer<typeof schemas.ErrorEnvelope>;
body.error.status; // wrong: an unknown property of an error

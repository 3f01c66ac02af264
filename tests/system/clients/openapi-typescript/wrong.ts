import createClient from "openapi-fetch";
import type { paths } from "./generated/schema";

const { GET, POST } = createClient<paths>();

await POST("/api/tasks", { body: { title: 5 } }); // wrong: a number as title
await POST("/api/tasks", { body: {} }); // wrong: no title
await POST("/api/tasks", { body: { title: "Buy milk", titel: "Buy oats" } }); // wrong: an unknown property
await POST("/api/tasks", { body: { title: "Buy milk" }, params: { header: { "Idempotency-Kye": "1" } } }); // wrong: a misspelt header
await GET("/api/tasks/{id}", { params: { path: { id: "one" } } }); // wrong: text as id
const { data, error } = await GET("/api/tasks/{id}", { params: { path: { id: 1 } } });
data?.data.titel; // wrong: an unknown property of a task
error?.error.status; // wrong: an unknown property of an error

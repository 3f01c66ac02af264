import createClient from "openapi-fetch";

import { tasksApiUrl } from "@/server/settings";
import type { paths } from "@/tasks/api-types";

/** The last one is the newest, and so the first of the list. */
const TASKS: readonly { title: string; description?: string; isDone?: boolean }[] = [
  { title: "Water the plants", isDone: true },
  { title: "Call the dentist", isDone: true },
  { title: "Renew the passport", isDone: true, description: "Two photos, and the old one." },
  { title: "Fix the squeaking door" },
  {
    title: "Plan the weekend at the lake",
    description: "Trains: https://www.oebb.at/en\nA tent for three, and the small stove.",
  },
  { title: "Return the library books", description: "Two of them are at the office." },
  { title: "Write to Grace" },
  { title: "Book the train to Vienna", description: "Window seat, quiet coach" },
  {
    title: "Bake bread for Sunday",
    description:
      "Rye, and a pinch of caraway.\nStart the dough tonight: 400 g of flour, 300 g of water, 80 g of sourdough.\nLet it rest for twelve hours.\nBake at 250 °C with steam, then 40 minutes at 210 °C.",
  },
  { title: "Learn the chords of the new song" },
  {
    title: "Press ? to see the keys, z to undo",
    description: "n writes a new task, / searches, x completes, e edits.",
  },
  {
    title: "Stop the service with the panel, and go on working",
    description: "What you change is kept, and sent when it is back.",
  },
];

/** One after the other, because the list is sorted by the time of creation. */
export async function addGuestTasks(token: string): Promise<void> {
  const api = createClient<paths>({ baseUrl: tasksApiUrl(), headers: { Authorization: `Bearer ${token}` } });
  for (const { isDone, ...body } of TASKS) {
    const { data } = await api.POST("/api/tasks", { body });
    if (data && isDone) await api.PATCH("/api/tasks/{id}/complete", { params: { path: { id: data.data.id } } });
  }
}

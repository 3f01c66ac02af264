import { redirect } from "next/navigation";

import { currentSession } from "@/server/session";
import { SimpleTasks } from "@/tasks/tasks";

/** The list without its layers, to read and to copy from. */
export default async function Simple() {
  if (!(await currentSession())) redirect("/sign-in?next=%2Fsimple");
  return (
    <main className="mx-auto max-w-2xl p-8">
      <h1 className="mb-4 font-serif text-3xl">The simple list</h1>
      <SimpleTasks />
    </main>
  );
}

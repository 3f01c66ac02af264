import { redirect } from "next/navigation";

import { TaskPage } from "@/components/task-page";
import { currentSession } from "@/lib/session";

export default async function Home() {
  const session = await currentSession();
  if (!session) redirect("/sign-in");
  return <TaskPage userId={session.user.id} userName={session.user.name} />;
}

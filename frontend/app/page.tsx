import { redirect } from "next/navigation";

import { Board } from "@/board/board";
import { firstPage } from "@/server/first-page";
import { currentSession } from "@/server/session";
import { isDemo, tasksApiUrl } from "@/server/settings";

export default async function Home() {
  const session = await currentSession();
  if (!session) redirect(isDemo() ? "/demo/guest" : "/sign-in");
  const { id, name, email } = session.user;
  const user = { id, name, isGuest: isDemo() && email.endsWith("@guest.invalid") };
  return <Board user={user} demoOf={isDemo() ? tasksApiUrl() : undefined} initialList={await firstPage()} />;
}

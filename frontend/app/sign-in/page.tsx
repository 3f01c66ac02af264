import type { Metadata } from "next";
import { redirect } from "next/navigation";

import { CredentialsForm } from "@/components/credentials-form";
import { PageLayout } from "@/components/page-layout";
import { currentSession } from "@/lib/session";
import { pathAfterSignIn } from "@/lib/sign-in-path";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignIn({ searchParams }: PageProps<"/sign-in">) {
  const { next, ended } = await searchParams;
  const sessionEnded = ended !== undefined;
  // The service has just rejected the token of this session, so a redirect back would loop.
  if (!sessionEnded && (await currentSession())) redirect(pathAfterSignIn(next));
  return (
    <PageLayout headline="Welcome back." subtitle="Your list is where you left it." progress={0.55}>
      <CredentialsForm purpose="sign-in" next={pathAfterSignIn(next)} sessionEnded={sessionEnded} />
    </PageLayout>
  );
}

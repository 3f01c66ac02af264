import type { Metadata } from "next";
import { redirect } from "next/navigation";

import { CredentialsForm } from "@/components/credentials-form";
import { Shell } from "@/components/page-layout";
import { currentSession } from "@/lib/session";
import { pathAfterSignIn } from "@/lib/sign-in-path";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignIn({ searchParams }: PageProps<"/sign-in">) {
  const { next, ended } = await searchParams;
  const expired = ended !== undefined;
  // The service has just refused this session's token: sending it back would go in circles.
  if (!expired && (await currentSession())) redirect(pathAfterSignIn(next));
  return (
    <Shell headline="Welcome back." line="Your list is where you left it." progress={0.55}>
      <CredentialsForm purpose="sign-in" next={pathAfterSignIn(next)} expired={expired} />
    </Shell>
  );
}

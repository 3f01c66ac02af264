import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentSession } from "@/server/session";
import { CredentialsForm } from "@/session/forms";
import { pathAfterSignIn } from "@/session/sign-in-path";
import { PageLayout } from "@/ui/page-layout";

export const metadata: Metadata = { title: "Sign up" };

export default async function SignUp({ searchParams }: PageProps<"/sign-up">) {
  const { next } = await searchParams;
  if (next === undefined && (await currentSession())) redirect("/");
  return (
    <PageLayout headline="A day is a short list." subtitle="Write it down, watch the sun come up." progress={0.2}>
      <CredentialsForm purpose="sign-up" next={pathAfterSignIn(next)} />
    </PageLayout>
  );
}

import type { Metadata } from "next";
import { redirect } from "next/navigation";

import { canSendMail } from "@/server/mail";
import { currentSession } from "@/server/session";
import { isDemo } from "@/server/settings";
import { CredentialsForm } from "@/session/forms";
import { pathAfterSignIn } from "@/session/sign-in-path";
import { PageLayout } from "@/ui/page-layout";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignIn({ searchParams }: PageProps<"/sign-in">) {
  const { next, ended } = await searchParams;
  if (await currentSession()) redirect(pathAfterSignIn(next));
  return (
    <PageLayout headline="Welcome back." subtitle="Your list is where you left it." progress={0.55}>
      <CredentialsForm
        purpose="sign-in"
        next={pathAfterSignIn(next)}
        sessionEnded={ended !== undefined}
        canReset={canSendMail()}
      />
      {isDemo() && (
        <p className="mt-5 text-center">
          <a href="/demo/guest" className="link">
            Go on as the guest
          </a>
        </p>
      )}
    </PageLayout>
  );
}

import type { Metadata } from "next";

import { ResetPasswordForm } from "@/session/forms";
import { PageLayout } from "@/ui/page-layout";

export const metadata: Metadata = { title: "A new password" };

export default async function ResetPassword({ searchParams }: PageProps<"/reset-password">) {
  const { token } = await searchParams;
  return (
    <PageLayout headline="A fresh start." subtitle="Your list is where you left it." progress={0.5}>
      <ResetPasswordForm token={typeof token === "string" ? token : ""} />
    </PageLayout>
  );
}

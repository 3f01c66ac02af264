import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { canSendMail } from "@/server/mail";
import { ForgotPasswordForm } from "@/session/forms";
import { PageLayout } from "@/ui/page-layout";

export const metadata: Metadata = { title: "Forgot your password?" };

export default function ForgotPassword() {
  if (!canSendMail()) notFound();
  return (
    <PageLayout headline="It happens." subtitle="A link leads you back to your list." progress={0.4}>
      <ForgotPasswordForm />
    </PageLayout>
  );
}

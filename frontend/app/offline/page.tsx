import { OfflineBoard } from "@/offline/offline-board";

/** The service worker keeps this page, which contains nothing of a user, and serves it when the server is away. */
export default function Offline() {
  return <OfflineBoard />;
}

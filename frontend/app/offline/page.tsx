/** The service worker keeps this page, which contains nothing of a user, and serves it when the server is away. */
export { OfflineBoard as default } from "@/offline/offline-board";

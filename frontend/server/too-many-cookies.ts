import { subscribe } from "node:diagnostics_channel";
import { Server } from "node:http";
import type { Duplex } from "node:stream";

const PAGE = `<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Too many cookies · Daybreak</title>
<h1>Too many cookies</h1>
<p>Your browser sends more cookies than this server reads. Please delete those of this site; on this computer's own
address, those of other programs are among them. After that, you have to sign in again.</p>
<p><a href="/">Try again</a></p>
</html>
`;

const known = new WeakSet<Server>();

/**
 * Node.js answers with an empty 431 when the headers are larger than 16 KiB, which is before Next.js knows
 * of the request. The server is Next.js's own, so its first connection shows it.
 */
export function explainTooManyCookies(): void {
  subscribe("net.server.socket", (message) => {
    const { server } = (message as { socket: { server: unknown } }).socket;
    if (!(server instanceof Server) || known.has(server)) return;
    known.add(server);
    server.on("clientError", answer);
  });
}

/** With a listener, Node.js itself answers nothing, neither what takes too long nor what is no HTTP. */
function answer({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || code === "ECONNRESET") return void socket.destroy();
  if (code !== "HPE_HEADER_OVERFLOW") {
    const status = code === "ERR_HTTP_REQUEST_TIMEOUT" ? "408 Request Timeout" : "400 Bad Request";
    return void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  }
  const headers = [
    "HTTP/1.1 431 Request Header Fields Too Large",
    "Connection: close",
    "Cache-Control: no-store",
    "Content-Security-Policy: default-src 'none'",
    "Content-Type: text/html; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(PAGE)}`,
  ];
  socket.end(`${headers.join("\r\n")}\r\n\r\n${PAGE}`);
}

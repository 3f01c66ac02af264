// Gives recorded answers again: `X-Exchange` says which. On the first port as they are, for a proxy; on the second behind
// express-openapi-validator, which is to let every request and every answer through; on the third, every answer.
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import express from "express";
import { middleware } from "express-openapi-validator";

const [contract, recorded, ...ports] = argv.slice(2);
const exchanges = readFileSync(recorded, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
const BY_NODE = new Set(["connection", "content-length", "transfer-encoding", "date"]);

function replay(request, response) {
  const { status, response_headers, response_body } = exchanges[request.headers["x-exchange"]];
  delete request.headers["if-none-match"]; // Express would answer 304 by itself.
  response.status(status);
  for (const [name, value] of response_headers) if (!BY_NODE.has(name)) response.append(name, value);
  const body = Buffer.from(response_body, "base64");
  // The validator looks at what is given to `json`.
  if (body.length && status !== 204 && status !== 304) response.json(JSON.parse(body.toString()));
  else response.end();
}

function application(validateRequests) {
  const app = express().disable("x-powered-by").set("etag", false);
  if (validateRequests !== undefined) {
    app.use(express.json({ limit: "2mb" }));
    app.use(middleware({ apiSpec: contract, validateRequests, validateResponses: true, validateSecurity: false }));
  }
  app.use(replay);
  app.use((error, _request, response, _next) => {
    response.removeHeader("ETag");
    response.status(599).type("text/plain").send(`${error.status} ${error.message} ${JSON.stringify(error.errors)}`);
  });
  return app;
}

// It refuses unknown parameters of every query; the health checks ignore them.
const requests = { allowUnknownQueryParameters: true };

[undefined, requests, false].forEach((validateRequests, each) => application(validateRequests).listen(ports[each], "127.0.0.1"));

// Imports a contract as Postman does, and sends the requests of the collection with Newman, once for each list of ids.
// Written is a list for each run, with a line for each request: what was sent, and the status of the answer.
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { promisify } from "node:util";
import newman from "newman";
import converter from "openapi-to-postmanv2";

const [contract, settings, token, rounds, results] = argv.slice(2);

const convert = promisify(converter.convertV2);
const run = promisify(newman.run);

function* requestsOf(items) {
  for (const item of items) {
    if (item.item) yield* requestsOf(item.item);
    else yield item.request;
  }
}

async function round(collection, ids) {
  for (const { url } of requestsOf(collection.item)) for (const each of url.variable) each.value = String(ids.shift());
  const { run: { executions } } = await run({ collection, envVar: [{ key: "bearerToken", value: token }] });
  return executions.map(({ request, response }) => ({
    method: request.method,
    url: request.url.toString(),
    headers: request.headers.toObject(true),
    status: response?.code ?? 0,
  }));
}

const input = { type: "string", data: readFileSync(contract, "utf8") };
const { result, reason, output } = await convert(input, JSON.parse(settings));
if (!result) throw new Error(reason);
const sent = [];
for (const ids of JSON.parse(rounds)) sent.push(await round(output[0].data, ids));
writeFileSync(results, JSON.stringify(sent));

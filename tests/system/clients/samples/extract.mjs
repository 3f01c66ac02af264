// Prints the samples in TypeScript and Python of every operation, as JSON: what start.js, which is run here without a
// browser, gives to Scalar. The argument is the address of a service.
import { argv, stdout } from "node:process";
import { createContext, runInContext } from "node:vm";

const page = new URL("docs", `${argv[2]}/`);
const read = (path) => fetch(new URL(path, page));
let loaded;
const browser = {
  URL,
  fetch: read,
  location: page,
  addEventListener: (_event, listener) => (loaded = listener),
  Scalar: { createApiReference: (_element, { content }) => stdout.write(JSON.stringify([...samplesOf(content)])) },
};
browser.window = browser;

function* samplesOf({ paths }) {
  for (const item of Object.values(paths)) {
    for (const { operationId, "x-codeSamples": samples } of Object.values(item).filter((each) => each.operationId)) {
      for (const { lang, source } of samples) yield { operation: operationId, language: lang, source };
    }
  }
}

runInContext(await (await read("docs/start.js")).text(), createContext(browser));
await loaded();

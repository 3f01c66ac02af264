// Imports a contract with what Insomnia has published of its importer, and writes down its environments and requests.
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import importers from "insomnia-importers";

const [contract, results] = argv.slice(2);

const { data } = await importers.convert(readFileSync(contract, "utf8"));
writeFileSync(results, JSON.stringify(data.resources));

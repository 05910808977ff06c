// Print the kinds of messages and their fields, as kernel/messages.ts has them, as JSON.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const frontend = new URL("../../../vae_widgets/frontend/", import.meta.url);
const { API, SymbolFlags } = createRequire(new URL("package.json", frontend))("typescript/unstable/sync");
const file = fileURLToPath(new URL("src/kernel/messages.ts", frontend));
const compiler = new API({ cwd: fileURLToPath(frontend) });
const project = compiler.updateSnapshot({ openProjects: [fileURLToPath(new URL("tsconfig.json", frontend))] }).getProjects()[0];
const { checker } = project;
const source = project.program.getSourceFile(file);

const typeOf = (symbol) => checker.getTypeOfSymbolAtLocation(symbol, source);
const nameOf = (symbol) => symbol.name + (symbol.flags & SymbolFlags.Optional ? "?" : "");
const namesOf = (type) => checker.getPropertiesOfType(type).map(nameOf).sort();
const mapped = (type, act) =>
  Object.fromEntries(checker.getPropertiesOfType(type).map((symbol) => [symbol.name, act(typeOf(symbol))]));

const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source));
const declared = (name) => checker.getDeclaredTypeOfSymbol(exported.find((symbol) => symbol.name === name));
console.log(
  JSON.stringify({
    FromPage: mapped(declared("FromPage"), (kind) => mapped(kind, namesOf)),
    FromKernel: mapped(declared("FromKernel"), namesOf),
  }),
);
compiler.close();

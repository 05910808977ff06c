// Bundle the front end, and again after each change of its sources, for as long as its parent lives.
import { spawnSync } from "node:child_process";
import { watch } from "node:fs";

const bundle = () => spawnSync(process.execPath, ["build.mjs"], { stdio: "inherit" });
bundle();
let timer;
watch("src", { recursive: true }, () => {
  clearTimeout(timer);
  timer = setTimeout(bundle, 50); // an editor may write a file in several steps
});
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(), 500);

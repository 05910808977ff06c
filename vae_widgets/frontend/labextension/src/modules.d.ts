// What rspack.config.cjs makes of these files.
declare module "*.svg" {
  const text: string;
  export default text;
}

declare module "*.ipynb" {
  const notebook: import("./copies.ts").Template;
  export default notebook;
}

// What jupyter-builder adds to its configuration: TypeScript as it is, also of ../src, and notebooks.
module.exports = {
  resolve: { extensions: [".ts", "..."] },
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: "builtin:swc-loader",
        options: { jsc: { parser: { syntax: "typescript" }, target: "es2022" } },
        type: "javascript/auto",
      },
      { test: /\.svg$/, issuer: /\.ts$/, type: "asset/source" },
      { test: /\.ipynb$/, type: "json" },
    ],
  },
};

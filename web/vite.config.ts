import { defineConfig } from "vite";

// One ES file (the widget with its styles) and one style sheet (the demo page's): two names that never change, so that
// embedding stays two lines.
export default defineConfig({
  build: {
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 100,
    rollupOptions: {
      output: {
        entryFileNames: "vitamin-d-chat.js",
        assetFileNames: (asset) => (asset.names[0]?.endsWith(".css") ? "page.css" : "[name][extname]"),
        inlineDynamicImports: true,
      },
    },
  },
});

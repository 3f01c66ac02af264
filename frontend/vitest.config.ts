import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    // A component test says that it needs a page: `// @vitest-environment happy-dom`.
    environment: "node",
    include: ["*/*.test.ts", "*/*.test.tsx"],
    exclude: ["e2e/**", "node_modules/**"],
  },
});

/** Where the generated functions send their requests. */
export const server = { url: "" };

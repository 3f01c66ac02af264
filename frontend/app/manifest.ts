import type { MetadataRoute } from "next";

export default function manifest(): MetadataRoute.Manifest {
  return {
    name: "Daybreak",
    short_name: "Daybreak",
    description: "What there is to do, and how much of it is done.",
    start_url: "/",
    display: "standalone",
    background_color: "#fbfaf7",
    theme_color: "#c9dfe8",
    icons: [{ src: "/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" }],
  };
}

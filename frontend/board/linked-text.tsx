import { linksIn } from "./links";

/** Text whose addresses are links. They open in another tab, which learns nothing about this page. */
export function LinkedText({ text }: { text: string }) {
  return linksIn(text).map((part, index) =>
    typeof part === "string" ? (
      part
    ) : (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name.
        key={index}
        href={part.href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        tabIndex={-1}
        onClick={(event) => event.stopPropagation()}
        className="text-accent underline underline-offset-2"
      >
        {part.href}
      </a>
    ),
  );
}

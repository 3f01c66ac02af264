/** A part of a text: plain, or the address of a page. */
type Part = string | { href: string };

const ADDRESS = /(https?:\/\/[^\s<>"]+)/i;
/** A sentence may end behind an address, and brackets may be around it. */
const TRAILING = /[.,;:!?'’”»\])}]+$/;

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

/** Splits a text at its addresses. Only `http` and `https` become links, and nothing is taken as HTML. */
export function linksIn(text: string): Part[] {
  const parts = text.split(ADDRESS).flatMap<Part>((part, index) => {
    const href = withoutTrailing(part);
    // Every second part is what the expression has found.
    return index % 2 === 1 && isAddress(href) ? [{ href }, part.slice(href.length)] : part;
  });
  return parts.filter((part) => part !== "");
}

/** Keeps a bracket that the address itself has opened, as Wikipedia's do. */
function withoutTrailing(found: string): string {
  const bare = found.replace(TRAILING, "");
  return found[bare.length] === ")" && bare.includes("(") && !bare.includes(")") ? `${bare})` : bare;
}

function isAddress(href: string): boolean {
  try {
    return new URL(href).hostname !== "";
  } catch {
    return false;
  }
}

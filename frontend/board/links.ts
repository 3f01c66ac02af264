/** A part of a text: plain, or the address of a page. */
export type Part = string | { href: string };

const ADDRESS = /https?:\/\/[^\s<>"]+/gi;
/** A sentence may end behind an address, and brackets may be around it. */
const TRAILING = /[.,;:!?'’”»\])}]+$/;

/** Splits a text at its addresses. Only `http` and `https` become links, and nothing is taken as HTML. */
export function linksIn(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const href = withoutTrailing(found);
    if (!isAddress(href)) continue;
    parts.push(text.slice(end, index), { href });
    end = index + href.length;
  }
  return [...parts, text.slice(end)].filter((part) => part !== "");
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

const PATHS = {
  plus: "M10 4v12M4 10h12",
  close: "M5 5l10 10M15 5 5 15",
  chevron: "m8 5 5 5-5 5",
  search: "M14.25 9a5.25 5.25 0 1 1-10.5 0 5.25 5.25 0 0 1 10.5 0M13 13l3.5 3.5",
  clock: "M16.25 10a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0M10 6.5V10l2.5 1.5",
  trash: "M3.5 5.5h13M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11M8.4 8.5l.2 5M11.6 8.5l-.2 5",
  pencil: "M4 16l.8-3.4L13.6 3.8a1.4 1.4 0 0 1 2 0l.6.6a1.4 1.4 0 0 1 0 2L7.4 15.2zM12 5.4 14.6 8",
  eye: "M2.5 10s2.7-5 7.5-5 7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5zM12.25 10a2.25 2.25 0 1 1-4.5 0 2.25 2.25 0 0 1 4.5 0",
  /** Half of it is filled: by the even-odd rule, the one that is outlined once. */
  moon: "M16.75 10a6.75 6.75 0 1 1-13.5 0 6.75 6.75 0 0 1 13.5 0M10 3.25a6.75 6.75 0 0 0 0 13.5z",
};

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg
      aria-hidden="true"
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill={name === "moon" ? "currentColor" : "none"}
      fillRule="evenodd"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

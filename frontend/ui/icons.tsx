function Icon({ path, fill = "none" }: { path: string; fill?: string }) {
  return (
    <svg
      aria-hidden="true"
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill={fill}
      fillRule="evenodd"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={path} />
    </svg>
  );
}

export const PlusIcon = () => <Icon path="M10 4v12M4 10h12" />;
export const CloseIcon = () => <Icon path="M5 5l10 10M15 5 5 15" />;
export const ChevronIcon = () => <Icon path="m8 5 5 5-5 5" />;
export const SearchIcon = () => <Icon path="M14.25 9a5.25 5.25 0 1 1-10.5 0 5.25 5.25 0 0 1 10.5 0M13 13l3.5 3.5" />;
export const ClockIcon = () => (
  <Icon path="M16.25 10a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0M10 6.5V10l2.5 1.5" />
);
export const TrashIcon = () => (
  <Icon path="M3.5 5.5h13M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11M8.4 8.5l.2 5M11.6 8.5l-.2 5" />
);
export const PencilIcon = () => (
  <Icon path="M4 16l.8-3.4L13.6 3.8a1.4 1.4 0 0 1 2 0l.6.6a1.4 1.4 0 0 1 0 2L7.4 15.2zM12 5.4 14.6 8" />
);
export const EyeIcon = () => (
  <Icon path="M2.5 10s2.7-5 7.5-5 7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5zM12.25 10a2.25 2.25 0 1 1-4.5 0 2.25 2.25 0 0 1 4.5 0" />
);
/** Half of it is filled: by the even-odd rule, the one that is outlined once. */
export const MoonIcon = () => (
  <Icon
    fill="currentColor"
    path="M16.75 10a6.75 6.75 0 1 1-13.5 0 6.75 6.75 0 0 1 13.5 0M10 3.25a6.75 6.75 0 0 0 0 13.5z"
  />
);

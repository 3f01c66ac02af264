import type { ComponentProps } from "react";

const VARIANTS = {
  filled: "bg-accent text-on-accent hover:bg-accent-strong",
  plain: "text-ink hover:bg-ink/5",
  /** For a coloured background: it inherits the text colour. */
  quiet: "hover:bg-current/10",
  outlined: "border border-edge text-ink hover:bg-ink/5",
  danger: "bg-danger text-on-danger hover:brightness-110",
} as const;

interface ButtonProps extends ComponentProps<"button"> {
  variant?: keyof typeof VARIANTS;
}

export function Button({ variant = "filled", className = "", ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`inline-flex min-h-11 items-center justify-center gap-2 rounded-full px-5 font-semibold transition-colors disabled:opacity-60 ${VARIANTS[variant]} ${className}`}
    />
  );
}

import { type ComponentProps, useId, useState } from "react";

import { Icon } from "./icons";

interface TextFieldProps extends ComponentProps<"input"> {
  label: string;
}

/** An input with its label. A password can be shown, because what cannot be seen is mistyped. */
export function TextField({ label, type = "text", ...rest }: TextFieldProps) {
  const id = useId();
  const [isShown, setIsShown] = useState(false);
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <div className="relative">
        <input
          {...rest}
          id={id}
          type={isShown ? "text" : type}
          className={`block min-h-12 w-full rounded-xl border border-edge bg-raised pl-4 text-base ${type === "password" ? "pr-14" : "pr-4"}`}
        />
        {type === "password" && (
          <button
            type="button"
            aria-label="Show what is typed"
            aria-pressed={isShown}
            onClick={() => setIsShown(!isShown)}
            className="absolute inset-y-0.5 right-0.5 grid w-11 place-items-center rounded-full text-muted hover:text-ink aria-pressed:text-accent"
          >
            <Icon name="eye" />
          </button>
        )}
      </div>
    </div>
  );
}

import { useId, useState } from "react";

import { MIN_PASSWORD_LENGTH } from "@/session/limits";

import { EyeIcon } from "./icons";

/** A password that can be shown, because what cannot be seen is mistyped. */
export function PasswordField({ isNew }: { isNew: boolean }) {
  const id = useId();
  const [isShown, setIsShown] = useState(false);
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        Password
      </label>
      <div className="relative">
        <input
          id={id}
          name="password"
          type={isShown ? "text" : "password"}
          autoComplete={isNew ? "new-password" : "current-password"}
          minLength={isNew ? MIN_PASSWORD_LENGTH : undefined}
          placeholder={isNew ? `At least ${MIN_PASSWORD_LENGTH} characters` : undefined}
          autoCapitalize="off"
          spellCheck={false}
          required
          className="block min-h-12 w-full rounded-xl border border-edge bg-raised pr-14 pl-4 text-base"
        />
        <button
          type="button"
          aria-label="Show what is typed"
          aria-pressed={isShown}
          onClick={() => setIsShown(!isShown)}
          className="absolute inset-y-0.5 right-0.5 grid w-11 place-items-center rounded-full text-muted hover:text-ink aria-pressed:text-accent"
        >
          <EyeIcon />
        </button>
      </div>
    </div>
  );
}

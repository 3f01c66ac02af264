import { type ComponentProps, useId } from "react";

import { FieldError } from "./field-error";

interface TextFieldProps extends ComponentProps<"input"> {
  label: string;
  error?: string | undefined;
}

/** An input with its label and its error message. */
export function TextField({ label, error, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        aria-invalid={Boolean(error)}
        aria-describedby={`${id}-error`}
        className="block min-h-12 w-full rounded-xl border border-edge bg-raised px-4 text-base"
      />
      <FieldError id={`${id}-error`} message={error} />
    </div>
  );
}

"use client";

import { type ComponentProps, type ReactNode, useCallback, useEffect, useId, useRef } from "react";

import { Button } from "./button";

interface Choice extends ComponentProps<typeof Button> {
  text: string;
}

interface ModalProps {
  title: string;
  children: ReactNode;
  /** The buttons. Each closes the dialog and passes its `value` to `onClose`. */
  choices: readonly Choice[];
  /** Gets the value of the button, or an empty string if the user dismissed the dialog. */
  onClose: (value: string) => void;
  /** Whether the user has to choose a button and cannot dismiss the dialog. */
  requiresChoice?: boolean;
  wide?: boolean;
}

/** A native `dialog`, which traps the focus and restores it afterwards. */
export function Modal({ title, children, choices, onClose, requiresChoice = false, wide = false }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const show = useCallback(() => {
    dialog.current?.showModal();
    // Focuses no button, so that the Enter key that saved an edit does not also press a button.
    if (requiresChoice) dialog.current?.focus();
  }, [requiresChoice]);
  useEffect(show, [show]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      tabIndex={-1}
      onCancel={(event) => requiresChoice && event.preventDefault()}
      onClose={(event) => {
        // Browsers close the dialog on a second Escape, even if the first was prevented.
        if (requiresChoice && !event.currentTarget.returnValue) show();
        else onClose(event.currentTarget.returnValue);
      }}
      className={`w-[calc(100%-2rem)] rounded-3xl bg-raised p-6 shadow-2xl outline-none sm:p-8 ${wide ? "max-w-2xl" : "max-w-md"}`}
    >
      <h2 id={id} className="font-serif text-2xl tracking-tight text-balance">
        {title}
      </h2>
      <div className="mt-2 text-muted">{children}</div>
      <form method="dialog" className="mt-6 flex flex-wrap justify-end gap-2">
        {choices.map(({ text, ...button }) => (
          <Button key={text} type="submit" {...button}>
            {text}
          </Button>
        ))}
      </form>
    </dialog>
  );
}

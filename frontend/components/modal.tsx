"use client";

import { useCallback, useEffect, useId, useRef, type ReactNode } from "react";

interface ModalProps {
  title: string;
  children: ReactNode;
  /** The buttons; each closes the dialog with its `value`. */
  actions: ReactNode;
  /** Gets the value of the button, or nothing where the dialog was dismissed. */
  onClose: (value: string) => void;
  /** Whether one of the buttons has to be chosen. */
  insists?: boolean;
  wide?: boolean;
}

/** The browser's own dialog: it holds the focus, and gives it back. */
export function Modal({ title, children, actions, onClose, insists = false, wide = false }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const show = useCallback(() => {
    dialog.current?.showModal();
    // The Enter that led here must not choose between two versions as well.
    if (insists) dialog.current?.focus();
  }, [insists]);
  useEffect(show, [show]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      tabIndex={-1}
      onCancel={(event) => insists && event.preventDefault()}
      onClose={(event) => {
        // Browsers let a second Escape through, whatever was said to the first.
        if (insists && !event.currentTarget.returnValue) show();
        else onClose(event.currentTarget.returnValue);
      }}
      className={`w-[calc(100%-2rem)] rounded-3xl bg-raised p-6 shadow-2xl outline-none sm:p-8 ${wide ? "max-w-2xl" : "max-w-md"}`}
    >
      <h2 id={id} className="font-serif text-2xl tracking-tight text-balance">
        {title}
      </h2>
      <div className="mt-2 text-muted">{children}</div>
      <form method="dialog" className="mt-6 flex flex-wrap justify-end gap-2">
        {actions}
      </form>
    </dialog>
  );
}

/** What is wrong with a field, below it; the field names it in `aria-describedby`. */
export function FieldError({ id, message }: { id: string; message: string | undefined }) {
  return (
    <p id={id} role="alert" className={message ? "mt-1 text-sm font-medium text-danger" : "sr-only"}>
      {message}
    </p>
  );
}

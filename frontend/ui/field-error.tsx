/** The error message below a field. The field refers to its id with `aria-describedby`. */
export function FieldError({ id, message }: { id: string; message: string | undefined }) {
  return (
    <p id={id} role="alert" className={message ? "mt-1 text-sm font-medium text-danger" : "sr-only"}>
      {message}
    </p>
  );
}

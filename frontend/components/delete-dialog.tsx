import { Button } from "@/components/button";
import { Modal } from "@/components/modal";

interface DeleteDialogProps {
  title: string;
  onConfirm: () => void;
  onClose: () => void;
}

export function DeleteDialog({ title, onConfirm, onClose }: DeleteDialogProps) {
  function close(value: string) {
    onClose();
    if (value === "delete") onConfirm();
  }

  return (
    <Modal
      title="Delete this task?"
      onClose={close}
      actions={
        <>
          <Button type="submit" variant="plain" value="keep" autoFocus>
            Keep it
          </Button>
          <Button type="submit" variant="danger" value="delete">
            Delete
          </Button>
        </>
      }
    >
      <p className="line-clamp-3 wrap-anywhere">“<bdi>{title}</bdi>” will be gone for good.</p>
    </Modal>
  );
}

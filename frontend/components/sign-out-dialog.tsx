import { Button } from "@/components/button";
import { Modal } from "@/components/modal";

interface SignOutDialogProps {
  onConfirm: () => void;
  onClose: () => void;
}

export function SignOutDialog({ onConfirm, onClose }: SignOutDialogProps) {
  function close(value: string) {
    onClose();
    if (value === "leave") onConfirm();
  }

  return (
    <Modal
      title="Sign out anyway?"
      onClose={close}
      actions={
        <>
          <Button type="submit" variant="plain" value="stay" autoFocus>
            Stay
          </Button>
          <Button type="submit" variant="danger" value="leave">
            Sign out and lose it
          </Button>
        </>
      }
    >
      <p>Some of what you typed or did here has not reached the service yet. It would be lost.</p>
    </Modal>
  );
}

"""No traces, at no cost."""

from contextlib import AbstractContextManager, nullcontext

from starlette.types import ASGIApp


class Untraced:
    """What traces a service that nobody asked to be traced: nothing."""

    def requests(self, app: ASGIApp) -> ASGIApp:
        """Give the application in which each request is traced."""
        return app

    def statement(self, text: str) -> AbstractContextManager[object]:
        """Give the block in which a statement is traced, by its text without values."""
        return nullcontext(text)

    def stop(self) -> None:
        """Deliver what is left."""

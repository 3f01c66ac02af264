"""Somebody who has an account at Better Auth, and a browser."""

from itertools import count
from typing import Any, Self
from urllib.parse import unquote

import httpx

from tests.support.service import NO_TLS

PASSWORD = "correct horse battery staple"
COOKIE = "better-auth."

_numbers = count(1)


class Person:
    """Signs up at a Better Auth by its HTTP endpoints, and is signed in from then on."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.email = f"person-{next(_numbers)}@example.com"
        self._browser = httpx.Client(
            base_url=url, headers={"Origin": url}, timeout=30, verify=NO_TLS
        )
        account = {"name": "Somebody", "email": self.email, "password": PASSWORD}
        answer = self.post("/api/auth/sign-up/email", **account)
        self.user_id: str = answer.json()["user"]["id"]
        self.session_token: str = answer.json()["token"]
        self.bearer_token = answer.headers.get("set-auth-token", "")

    def __enter__(self) -> Self:
        """Return the person."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the browser."""
        self._browser.close()

    def token(self, path: str = "/api/auth/token") -> str:
        """Get a token of Better Auth, or of another route."""
        token: str = self._get(path).json()["token"]
        return token

    def token_in_header(self) -> str:
        """Get the token that comes with the session."""
        return self._get("/api/auth/get-session").headers["set-auth-jwt"]

    def cookie(self, name: str) -> str:
        """Give a cookie of Better Auth, as a program reads it: decoded."""
        return unquote(self._browser.cookies[COOKIE + name])

    @property
    def cookies(self) -> str:
        """Give all cookies as a header has them."""
        return "; ".join(f"{name}={value}" for name, value in self._browser.cookies.items())

    def sign_out(self) -> None:
        """End the session."""
        self.post("/api/auth/sign-out")

    def delete(self) -> None:
        """Delete the account."""
        self.post("/api/auth/delete-user", password=PASSWORD)

    def post(self, path: str, **content: Any) -> httpx.Response:
        """Send JSON to Better Auth, which has to like it."""
        return self._browser.post(path, json=content).raise_for_status()

    def redirected(self, path: str, **query: str) -> str:
        """Open an address of Better Auth, which leads to another; give that one."""
        answer = self._browser.get(path, params=query)
        assert answer.status_code == httpx.codes.FOUND, answer.text
        return answer.headers["location"]

    def exchange(self, form: dict[str, str]) -> dict[str, str]:
        """Get tokens as an application does, without the cookies of the person."""
        answer = httpx.post(f"{self.url}/api/auth/oauth2/token", data=form, verify=NO_TLS)
        assert answer.status_code == httpx.codes.OK, answer.text
        tokens: dict[str, str] = answer.json()
        return tokens

    def _get(self, path: str) -> httpx.Response:
        return self._browser.get(path).raise_for_status()

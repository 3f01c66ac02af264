"""The importers: what each makes of the contract, and what it then sends."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.support.coverage import OPERATIONS
from tests.support.service import NO_TLS
from tests.system.clients.tools import node, run

FOLDER = Path(__file__).resolve().parent
OPTIONAL = {
    parameter["name"].lower(): parameter
    for operation in OPERATIONS.values()
    for parameter in operation.parameters
    if not parameter.get("required")
}
WITH_DEFAULT = {each["name"] for each in OPTIONAL.values() if "default" in each["schema"]}
_PATH_VARIABLE = re.compile(r"(- name: id\n +value: ).*")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")

Rounds = Sequence[Sequence[int]]
"""For each round, the ids that a person types: those of tasks that exist."""


class Sent(NamedTuple):
    """A request of a collection, and how it was answered."""

    method: str
    path: str
    status: int
    optional: tuple[str, ...]
    """The optional headers and parameters of the query that it has."""

    @classmethod
    def of(cls, method: str, url: str, headers: Sequence[str], status: int) -> Self:
        """Read it from what a runner has reported."""
        target = urlsplit(url)
        names = [*headers, *(name for name, _ in parse_qsl(target.query, keep_blank_values=True))]
        known = (OPTIONAL[name.lower()] for name in names if name.lower() in OPTIONAL)
        optional = sorted(parameter["name"] for parameter in known)
        return cls(method, re.sub(r"/\d+", "/{id}", target.path), status, tuple(optional))


@dataclass(frozen=True)
class Importer(ABC):
    """An importer, and what a person has to type before the collection works."""

    title: str
    package: str
    """What the lock file calls it."""
    token: str
    ids: str
    notes: str = ""

    @property
    def version(self) -> str:
        """The version that is locked."""
        lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
        return str(lock["packages"][f"node_modules/{self.package}"]["version"])

    @abstractmethod
    def rounds(self, contract: Path, token: str, rounds: Rounds) -> list[list[Sent]]:
        """Import the contract, and send the collection once for each round."""


@dataclass(frozen=True)
class Postman(Importer):
    """Sends with Newman."""

    settings: str = "{}"
    """Those of *View Import Settings* that a person has changed."""

    def rounds(self, contract: Path, token: str, rounds: Rounds) -> list[list[Sent]]:
        """Import and send."""
        results = contract.with_name("newman.json")
        _node("postman.mjs", contract, self.settings, token, json.dumps(rounds), results)
        return [
            [
                Sent.of(each["method"], each["url"], [*each["headers"]], each["status"])
                for each in sent
            ]
            for sent in json.loads(results.read_text(encoding="utf-8"))
        ]


@dataclass(frozen=True)
class Bruno(Importer):
    """Imports and sends with Bruno's own command."""

    def rounds(self, contract: Path, token: str, rounds: Rounds) -> list[list[Sent]]:
        """Import and send."""
        collection, bru = contract.with_name("bruno"), "node_modules/@usebruno/cli/bin/bru.js"
        _node(bru, "import", "openapi", "--source", contract, "--output", collection)
        return [self._round(collection, bru, token, ids) for ids in rounds]

    @staticmethod
    def _round(collection: Path, bru: str, token: str, ids: Sequence[int]) -> list[Sent]:
        given = iter(ids)
        for path in sorted(collection.glob("*/*.yml")):
            request = path.read_text(encoding="utf-8")
            if _PATH_VARIABLE.search(request):
                typed = _PATH_VARIABLE.sub(rf'\g<1>"{next(given)}"', request)
                path.write_text(typed, encoding="utf-8")
        (environment,) = collection.glob("environments/*.yml")
        variables = ("--env", environment.stem, "--env-var", f"token={token}")
        results = collection / "results.json"
        _node(FOLDER / bru, "run", "-r", *variables, "--reporter-json", results, folder=collection)
        (report,) = json.loads(results.read_text(encoding="utf-8"))
        return [
            Sent.of(sent["method"], sent["url"], [*sent["headers"]], each["response"]["status"])
            for each in report["results"]
            for sent in [each["request"]]
        ]


@dataclass(frozen=True)
class Insomnia(Importer):
    """Sends from here, as its own command needs a build of libcurl."""

    def rounds(self, contract: Path, token: str, rounds: Rounds) -> list[list[Sent]]:
        """Import and send."""
        results = contract.with_name("insomnia.json")
        _node("insomnia.mjs", contract, results)
        resources = json.loads(results.read_text(encoding="utf-8"))
        variables = {"bearerToken": token}
        for each in resources:
            if each["_type"] == "environment":
                variables = {**each["data"], **variables}
        requests = [each for each in resources if each["_type"] == "request"]
        return [[*self._round(requests, variables, ids)] for ids in rounds]

    @staticmethod
    def _round(
        requests: Sequence[dict[str, Any]], variables: dict[str, str], ids: Sequence[int]
    ) -> Iterator[Sent]:
        given = iter(ids)
        with httpx.Client(timeout=60, verify=NO_TLS) as client:
            for each in requests:
                if "{{ id }}" in each["url"]:
                    variables["id"] = str(next(given))
                request = _request_of(json.loads(_rendered(json.dumps(each), variables)))
                status = client.send(request).status_code
                yield Sent.of(request.method, str(request.url), [*request.headers], status)


def _rendered(template: str, variables: dict[str, str]) -> str:
    while found := _VARIABLE.search(template):
        template = template.replace(found[0], variables[found[1]])
    return template


def _request_of(exported: dict[str, Any]) -> httpx.Request:
    enabled = {
        part: [(each["name"], each["value"]) for each in exported[part] if not each["disabled"]]
        for part in ("parameters", "headers")
    }
    headers, body = enabled["headers"], exported["body"]
    if body:
        headers.append(("Content-Type", body["mimeType"]))
    if authentication := exported["authentication"]:
        assert authentication["type"] == "bearer"
        headers.append(("Authorization", f"Bearer {authentication['token']}"))
    return httpx.Request(
        exported["method"],
        exported["url"],
        params=enabled["parameters"],
        headers=headers,
        content=body.get("text"),
    )


def _node(script: Path | str, *arguments: Path | str, folder: Path = FOLDER) -> None:
    outcome = run(folder, [node(FOLDER), str(script), *map(str, arguments)])
    # Bruno's command fails where an answer is no success, which its report says better.
    assert outcome.status == 0 or "--reporter-json" in arguments, outcome.output


POSTMAN = Postman(
    "Postman",
    "openapi-to-postmanv2",
    token="the variable `bearerToken`",
    ids="the path variable `id` of each request",
    notes="before you import, switch *Enable optional parameters* off under *View Import "
    "Settings*, and choose *Example* for *Parameter generation*; else it makes up a value for each "
    "optional one without a default and sends it, as it makes up titles: the list is a `422`, and "
    "every new task has the same `Idempotency-Key`",
    settings='{"enableOptionalParameters": false}',
)
IMPORTERS = [
    POSTMAN,
    Bruno(
        "Bruno",
        "@usebruno/cli",
        token="the variable `token`",
        ids="the parameter `id` of each request",
        notes="names the environment after the description of the server",
    ),
    Insomnia(
        "Insomnia",
        "insomnia-importers",
        token="`bearerToken` of the environment",
        ids="`id`, which is to be added to the environment",
        notes="this is the last of its importers that was published; that of the application "
        "writes variables as `{{ _.id }}`",
    ),
]

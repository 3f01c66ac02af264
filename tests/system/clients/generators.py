"""The generators: how each is called, and what is to be said about its clients."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import ROOT
from tests.system.clients.languages import Go, Java, Language, Python, TypeScript
from tests.system.clients.tools import CONTRACT, FOLDER, npm, openapi_generator, venv

Command = Callable[[], list[str]]


@dataclass(frozen=True)
class Generator:
    """One generator with one configuration; its folder has the client that is written with it."""

    folder: str
    title: str
    package: str
    """What a lock file calls it."""
    language: Language
    command: Command
    errors: str
    """How a client meets an answer that is no success."""
    notes: str = ""
    """What its users have to know, and what no contract can change."""
    prepare: str = ""
    """A line of its code that hides it from the type checker, and is removed."""
    own_warnings: str = "$^"
    """The lines of its output that it prints for every contract."""

    @property
    def path(self) -> Path:
        """The folder."""
        return FOLDER / self.folder

    @property
    def generated(self) -> Path:
        """What it has written."""
        return self.path / "generated"

    @property
    def version(self) -> str:
        """The version that is locked."""
        lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
        if package := lock["packages"].get(f"node_modules/{self.package}"):
            return str(package["version"])
        locked = (ROOT / "requirements" / "clients.txt").read_text(encoding="utf-8")
        found = re.search(rf"^{self.package}==(\S+)", locked, re.MULTILINE)
        assert found, self.package
        return found[1]


def _openapi_generator() -> list[str]:
    return openapi_generator(
        "generate", "-i", str(CONTRACT), "-c", "config.yaml", "-o", "generated"
    )


def _zodios() -> list[str]:
    # The default reports that an answer `default` is not a success, which it is not.
    options = ("--export-schemas", "--with-alias", "--default-status", "auto-correct")
    return npm("openapi-zod-client", str(CONTRACT), "-o", "generated/client.ts", *options)


def _openapi_python_client() -> list[str]:
    where = ("--meta", "none", "--output-path", "generated/tasks_client", "--overwrite")
    return venv("openapi-python-client", "generate", "--path", str(CONTRACT), *where)


GENERATORS = [
    Generator(
        "openapi-typescript",
        "openapi-typescript, openapi-fetch",
        "openapi-typescript",
        TypeScript(),
        lambda: npm("openapi-typescript", str(CONTRACT), "-o", "generated/schema.d.ts"),
        errors="returned as `error`, typed",
    ),
    Generator(
        "hey-api",
        "Hey API",
        "@hey-api/openapi-ts",
        TypeScript(),
        lambda: npm("openapi-ts", "-i", str(CONTRACT), "-o", "generated", "--no-log-file"),
        errors="returned as `error`, typed",
    ),
    Generator(
        "orval",
        "Orval, `fetch` and `zod`",
        "orval",
        TypeScript(),
        lambda: npm("orval", "--config", "orval.config.mjs"),
        errors="returned, typed by `status`",
        notes="`headers: true` adds the headers to the arguments",
    ),
    Generator(
        "openapi-generator-typescript-fetch",
        "OpenAPI Generator, `typescript-fetch`",
        "openapi-generator-cli",
        TypeScript(),
        _openapi_generator,
        errors="thrown as `ResponseError`; `ErrorEnvelopeFromJSON` types the body",
        notes="a `Date` has milliseconds only: compare `etag`, not `updatedAt`",
    ),
    Generator(
        "openapi-generator-typescript-axios",
        "OpenAPI Generator, `typescript-axios`",
        "openapi-generator-cli",
        TypeScript(),
        _openapi_generator,
        errors="thrown as `AxiosError`; the caller types the body",
        notes="set `useSingleRequestParameter`, or a new parameter may move the others",
    ),
    Generator(
        "openapi-zod-client",
        "openapi-zod-client (Zodios)",
        "openapi-zod-client",
        TypeScript(),
        _zodios,
        errors="thrown as `AxiosError`; `schemas.ErrorEnvelope` parses the body",
        notes="needs Zod 3",
    ),
    Generator(
        "swagger-typescript-api",
        "swagger-typescript-api",
        "swagger-typescript-api",
        TypeScript(),
        lambda: npm(
            "swagger-typescript-api",
            *("generate", "-p", str(CONTRACT), "-o", "generated", "-n", "api.ts"),
        ),
        errors="thrown as `HttpResponse`, whose `error` the caller types",
        notes='reads no body unless `baseApiParams` has `format: "json"`; headers are not typed',
        prepare="// @ts-nocheck\n",
    ),
    Generator(
        "openapi-generator-python",
        "OpenAPI Generator, `python`",
        "openapi-generator-cli",
        Python(),
        _openapi_generator,
        errors="raised; `data` is an `ErrorEnvelope`, after `isinstance`",
        # It looks up `None` for every property that is not a `$ref`.
        own_warnings=r".*ModelUtils - Failed to get the schema name: null",
        notes="warns `Failed to get the schema name: null` about every contract",
    ),
    Generator(
        "openapi-python-client",
        "openapi-python-client",
        "openapi-python-client",
        Python(),
        _openapi_python_client,
        errors="returned as `ErrorEnvelope`, told apart by `isinstance`",
    ),
    Generator(
        "openapi-generator-go",
        "OpenAPI Generator, `go`",
        "openapi-generator-cli",
        Go(),
        _openapi_generator,
        errors="returned; `Model()` is an `ErrorEnvelope`, after a type assertion",
        notes="set `disallowAdditionalPropertiesIfNotPresent: false`, or a new property breaks it",
    ),
    Generator(
        "openapi-generator-java",
        "OpenAPI Generator, `java` (`native`)",
        "openapi-generator-cli",
        Java(),
        _openapi_generator,
        errors="thrown with the body as text, from which Jackson reads an `ErrorEnvelope`",
        notes="set `useSingleRequestParameter`, or a new parameter may move the others; "
        "sends no token by itself: set the header in `setRequestInterceptor`",
    ),
]

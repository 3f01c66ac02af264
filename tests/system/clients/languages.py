"""The compilers and type checkers, each as strict as it gets."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path

from tests.system.clients.tools import FOLDER, JAVA_ANNOTATIONS, generator, java, npm, run, venv


@dataclass(frozen=True)
class Checked:
    """What was found in the three parts of a client."""

    client: list[str] = field(default_factory=list)
    """In what we have written in the words of the generated types."""
    generated: list[str] = field(default_factory=list)
    wrong: frozenset[int] = frozenset()
    """The lines that were refused in what has to be refused."""


class Language(ABC):
    """How programs in a language are checked and started."""

    wrong: str
    """The file with lines that a checker has to refuse."""

    @abstractmethod
    def check(self, folder: Path) -> Checked:
        """Check the generated code, the client, and what is wrong."""

    @abstractmethod
    def command(self, folder: Path) -> list[str]:
        """Return the command that runs the client, once it is built."""


def _sorted(output: str, pattern: str, wrong: str) -> Checked:
    """Sort findings by the file that they are in."""
    client: list[str] = []
    generated: list[str] = []
    refused = set()
    for found in re.finditer(pattern, output, re.MULTILINE):
        if found["file"].endswith(wrong):
            refused.add(int(found["line"]))
        else:
            (generated if "generated" in found["file"] else client).append(found[0])
    return Checked(client, generated, frozenset(refused))


class TypeScript(Language):
    """`tsc --strict`, then esbuild and Node.js."""

    wrong = "wrong.ts"

    def check(self, folder: Path) -> Checked:
        """Check all at once."""
        output = run(folder, npm("tsc", "--pretty", "false")).output
        return _sorted(output, r"^(?P<file>\S+)\((?P<line>\d+),\d+\): error .*", self.wrong)

    def command(self, folder: Path) -> list[str]:
        """Bundle it, as pages are."""
        target = "generated/client.cjs"
        options = ["--bundle", "--platform=node", "--log-level=warning", f"--outfile={target}"]
        built = run(folder, npm("esbuild", "client.ts", *options))
        assert built == (0, ""), built.output
        return [npm("")[0], target]


class Python(Language):
    """`mypy --strict`."""

    wrong = "wrong.py"

    def check(self, folder: Path) -> Checked:
        """Check all at once."""
        files = ["client.py", self.wrong, "generated/tasks_client"]
        options = ["--strict", "--config-file=", "--cache-dir=generated/.mypy_cache"]
        command = venv("mypy", *options, *files)
        output = run(folder, command, MYPYPATH=f"{FOLDER}:generated").output
        return _sorted(output, r"^(?P<file>[^:\n]+):(?P<line>\d+): error: .*", self.wrong)

    def command(self, _folder: Path) -> list[str]:
        """Run it as it is."""
        return ["env", f"PYTHONPATH={FOLDER}:generated", *venv("python", "client.py")]


class Go(Language):
    """`go vet` and `go build`."""

    wrong = "wrong/wrong.go"

    def check(self, folder: Path) -> Checked:
        """Check what is right, and build what is wrong, which names every error."""
        vetted = run(folder, venv("go", "vet", ".", "./generated"), CGO_ENABLED="0")
        refused = run(folder, venv("go", "build", "./wrong"), CGO_ENABLED="0")
        pattern = r"^(?:vet: )?(?P<file>\S+\.go):(?P<line>\d+):\d+: .*"
        return _sorted(vetted.output + refused.output, pattern, self.wrong)

    def command(self, folder: Path) -> list[str]:
        """Build it."""
        built = run(folder, venv("go", "build", "-o", "generated/client", "."), CGO_ENABLED="0")
        assert built == (0, ""), built.output
        return ["generated/client"]


class Java(Language):
    """`javac -Xlint:all`."""

    wrong = "Wrong.java"
    _classes = "generated/classes"

    def check(self, folder: Path) -> Checked:
        """Compile the generated code, then each of the others against it."""
        found = (folder / "generated" / "src").rglob("*.java")
        files = [str(path.relative_to(folder)) for path in found]  # The folder may have a space.
        (folder / self._classes).mkdir(exist_ok=True)
        output = "".join(
            run(
                folder, [java("javac"), *options, "-d", self._classes, "-cp", self._path, *sources]
            ).output
            for options, sources in (
                (("-Xlint:all", "-proc:none"), files),
                (("-Xlint:all", "-proc:none"), ["Client.java"]),
                ((), [self.wrong]),
            )
        )
        return _sorted(output, r"^(?P<file>\S+\.java):(?P<line>\d+): .*", self.wrong)

    def command(self, _folder: Path) -> list[str]:
        """Run the class."""
        return [java(), "-cp", self._path, "Client"]

    @property
    def _path(self) -> str:
        return f"{self._classes}:{generator()}:{JAVA_ANNOTATIONS}"

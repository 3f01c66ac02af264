"""Compares the contract with the newest released one: `python -m scripts.lint_compatibility`.

What breaks a client needs a new major version, what adds something a new minor version, and what
changes a text a new patch version: the policy is in the contract, under "Versions". Names of
components do not count, because references are replaced by what they refer to. A change of a
keyword that is not known here is taken for one that breaks clients.

What was accepted in a request has to be accepted still; what is in an answer has to be what could
be there before. So one rule serves both: every value of the narrow schema is one of the wide
schema, where `narrow` is the old one in a request, and the new one in an answer. Both contracts are
compared in a normal form, in which what is so by default is not written. See
docs/decisions/0027-compatibility-of-the-contract.md.
"""

import re
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum
from fractions import Fraction
from functools import cache, reduce
from math import ceil, floor, inf
from operator import and_
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from greenery import Charclass, Pattern, parse
from greenery.rxelems import Conc, Mult
from openapi_schema_validator import OAS30Validator

OPENAPI = Path(__file__).resolve().parents[1] / "openapi"

Node = dict[str, Any]


class Level(IntEnum):
    """What a change asks for."""

    NOTHING = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Way(Enum):
    """Who sends what a schema describes."""

    REQUEST = 1
    ANSWER = 2


METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
NAMED = {"properties", "headers", "responses", "content", "links", "parameters"}
TEXTS = {"bearerFormat", "description", "example", "examples", "externalDocs", "summary", "title"}
OPEN = "x-extensible-enum"
LENIENT = "x-ignores-unknown-query"
"""The two extensions that change what is accepted or answered; the others are for this service."""

LOWER = {"minimum": "exclusiveMinimum", "minLength": "", "minItems": "", "minProperties": ""}
UPPER = {"maximum": "exclusiveMaximum", "maxLength": "", "maxItems": "", "maxProperties": ""}
NO_BOUND = 2**31 - 1
"""Of something that is counted: no answer has so many items or characters."""
OF_TEXT = {"minLength", "maxLength", "pattern"}
SMALLER = {("int32", "int64"), ("float", "double")}
COMPARED = {
    *LOWER, *UPPER, *TEXTS, OPEN, "additionalProperties", "deprecated", "enum", "format", "items",
    "multipleOf", "nullable", "pattern", "properties", "required", "type", "uniqueItems",
}  # fmt: skip
UNTOUCHED = {Way.REQUEST: {"writeOnly"}, Way.ANSWER: {"readOnly", "default"}}
"""Keywords that say nothing about what is sent this way."""
FOLDED = {
    *LOWER, *UPPER, *TEXTS, OPEN, "allOf", "enum", "items", "nullable", "pattern", "properties",
    "required",
}  # fmt: skip
"""Keywords of which two can be one, however different they are."""
WRITTEN = "x-written"
"""Where a normal form keeps the schema that it was made of."""

OF_SCHEMAS: Node = {
    "additionalProperties": True, "deprecated": False, "maxItems": NO_BOUND,
    "maxLength": NO_BOUND, "maxProperties": NO_BOUND, "minItems": 0, "minLength": 0,
    "minProperties": 0, "nullable": False, "properties": {}, "readOnly": False, "required": [],
    "uniqueItems": False, "writeOnly": False,
}  # fmt: skip
OF_FIELDS: Node = {
    "allowEmptyValue": False, "allowReserved": False, "deprecated": False, "required": False,
}  # fmt: skip
STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
"""The defaults of OpenAPI 3.0.3: what is so need not be written."""

OF_HTTP = {"content-location", "link", "location"}
"""Clients resolve what is in these by RFC 9110 and RFC 8288, however narrow the schema is."""

IDLE = {"header if-match": "*", "header if-none-match": ""}
"""By RFC 9110, these have no effect. As a default, they say what no header has always meant."""

SPACES = r"\t\n\v\f\r \xa0" + "\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
ECMA = {
    ".": "[^\\n\\r\u2028\u2029]", "[^]": ".", "(?:": "(", r"[\s\S]": ".", r"[\S\s]": ".",
    r"\s": f"[{SPACES}]", r"\S": f"[^{SPACES}]",
}  # fmt: skip
"""What patterns of JSON Schema write (ECMA-262), and what greenery reads as the same."""
CHARACTER = re.compile(r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\.|.", re.DOTALL)
TOKEN = re.compile(rf"\[(?:\\.|[^\]\\])*\]|\(\?:|{CHARACTER.pattern}", re.DOTALL)
SECONDS = 5.0
"""Of CPU time. Patterns of this contract take less than one to compare."""


def main() -> int:
    """Print what the version of the contract does not allow."""
    released, contract = _read(newest_release()), _read(OPENAPI / "tasks.yaml")
    problems = list(problems_of(released, contract))
    print("\n".join(problems) or "The version of the contract allows its changes.")
    return 1 if problems else 0


def newest_release() -> Path:
    """Return the released contract with the highest version; a pre-release promises nothing."""
    released = [file for file in (OPENAPI / "released").glob("*.yaml") if "-" not in file.stem]
    return max(released, key=lambda file: _order(file.stem))


def problems_of(released: Node, contract: Node) -> Iterator[str]:
    """Say what is wrong with the version of the contract, and which changes ask for another one."""
    before, now = (document["info"]["version"] for document in (released, contract))
    asked = level_of(released, contract)
    if _raised(_order(before), _order(now)) < asked or _order(now) < _order(before):
        yield f"{before} is released; the changes ask for a new {asked.name} version, not {now}"
        yield from (f"  {change}" for change in sorted(breaking(released, contract)))
    yield from _undated(contract)


def _undated(contract: Node) -> Iterator[str]:
    """Refuse a deprecation without dates: RFC 9745 and RFC 8594, and the policy."""
    for name, operation in _normal(contract)["operations"].items():
        successes = {key: each for key, each in operation["responses"].items() if key[0] in "123"}
        for status, answer in successes.items() if operation.get("deprecated") else ():
            if not {"deprecation", "sunset"} <= answer["headers"].keys():
                yield f"{name}: deprecated, but {status} has no Deprecation and Sunset"


def level_of(released: Node, contract: Node) -> Level:
    """Return what the changes ask for."""
    if any(breaking(released, contract)):
        return Level.MAJOR
    old, new = _normal(released), _normal(contract)
    if old != new and _meaning(old) != _meaning(new):
        return Level.MINOR
    return (
        Level.PATCH if _without_version(released) != _without_version(contract) else Level.NOTHING
    )


def breaking(released: Node, contract: Node) -> Iterator[str]:
    """Say what breaks a client of the released contract."""
    old, new = _normal(released), _normal(contract)
    if old["openapi"] != new["openapi"]:
        yield f"the version of OpenAPI: {old['openapi']} became {new['openapi']}"
    if old["base"] != new["base"]:
        yield f"the path of the server: {old['base']!r} became {new['base']!r}"
    for name, operation in old["operations"].items():
        if name not in new["operations"]:
            yield f"{name}: removed"
        elif operation != new["operations"][name]:
            yield from _operation(operation, new["operations"][name], name)


def _operation(old: Node, new: Node, at: str) -> Iterator[str]:
    if old["operationId"] != new["operationId"]:
        yield f"{at}: its operationId is another one, after which clients name their functions"
    if new["tags"][: len(old["tags"]) or 1] != old["tags"]:
        yield f"{at}: its tags are others, after which clients name their classes"
    if old.get(LENIENT) and not new.get(LENIENT):
        yield f"{at}: unknown query parameters are refused"
    # Who can sign in by one of the old ways has all that one of the new ways asks for.
    if not all(any(way <= known for way in new["security"]) for known in old["security"]):
        yield f"{at}: security asks for more"
    yield from _parameters(old["parameters"], new["parameters"], at)
    yield from _body(old.get("requestBody"), new.get("requestBody"), f"{at}: body")
    yield from _answers(old, new, at)
    compared = {
        "deprecated", "operationId", "parameters", "requestBody", "responses", "security", "tags",
    }  # fmt: skip
    yield from _rest(old, new, compared | ({"callbacks"} - old.keys()), at)


def _parameters(old: Node, new: Node, at: str) -> Iterator[str]:
    for name in old.keys() | new.keys():
        where, before, now = f"{at}: {name}", old.get(name, {}), new.get(name, {})
        if not now:
            yield f"{where}: removed"
        elif now.get("required") and not before.get("required"):
            yield f"{where}: required"
        elif before:
            yield from _schema(before.get("schema", {}), now.get("schema", {}), Way.REQUEST, where)
            yield from _rest(before, now, {"name", "in", "required", "schema", "deprecated"}, where)


def _body(old: Node | None, new: Node | None, at: str) -> Iterator[str]:
    if old and not new:
        yield f"{at}: removed"
    if new and new.get("required") and not (old and old.get("required")):
        yield f"{at}: required"
    if old and new:
        yield from _content(old["content"], new["content"], Way.REQUEST, at)


def _content(old: Node, new: Node, way: Way, at: str) -> Iterator[str]:
    for media_type in old.keys() | new.keys():
        where, before, now = f"{at}: {media_type}", _of(media_type, old), _of(media_type, new)
        if before is None:
            yield from [f"{where}: added"] * (way is Way.ANSWER)
        elif now is None:
            yield f"{where}: removed"
        else:
            yield from _schema(before.get("schema", {}), now.get("schema", {}), way, where)
            yield from _rest(before, now, {"schema"}, where)


def _of(media_type: str, content: Node) -> Node | None:
    """Return what describes a media type: the most specific range that has it."""
    ranges = (media_type, f"{media_type.split('/', maxsplit=1)[0]}/*", "*/*")
    return next((content[each] for each in ranges if each in content), None)


def _answers(old: Node, new: Node, at: str) -> Iterator[str]:
    # Where nothing is left that a request could violate, no 422 is left either.
    gone = set() if new["parameters"] or new.get("requestBody") else {"422"}
    for status in old["responses"].keys() - new["responses"].keys() - gone:
        yield f"{at}: {status}: removed"
    for status, answer in new["responses"].items():
        if status in old["responses"] and old["responses"][status] != answer:
            yield from _answer(old["responses"][status], answer, f"{at}: {status}")
        elif status not in old["responses"] and status[0] in "123":
            yield f"{at}: {status}: a success that clients do not know"


def _answer(old: Node, new: Node, at: str) -> Iterator[str]:
    yield from _content(old.get("content", {}), new.get("content", {}), Way.ANSWER, at)
    headers, links = new["headers"], new.get("links", {})
    for name, before in old["headers"].items():
        where, now = f"{at}: {name}", headers.get(name, {})
        if not now or (before.get("required") and not now.get("required")):
            yield f"{where}: {'optional' if now else 'removed'}"
        first, second = before.get("schema", {}), now.get("schema", {})
        yield from _schema(first, second, Way.ANSWER, where, header=name)
        yield from _rest(before, now, {"required", "schema", "deprecated"}, where)
    for name, before in old.get("links", {}).items():
        if not _qualified(before).items() <= _qualified(links.get(name, {})).items():
            yield f"{at}: {name}: the link is removed or leads elsewhere"


def _qualified(link: Node) -> Node:
    """Return operation and parameters of a link; `path.id` may also be written `id`."""
    given = link.get("parameters", {}).items()
    names = {name.removeprefix("path."): value for name, value in given}
    return {"operationId": link.get("operationId"), **names}


def _schema(old: Node, new: Node, way: Way, at: str, *, header: str = "") -> Iterator[str]:
    if old == new:
        return
    narrow, wide = (old, new) if way is Way.REQUEST else (new, old)
    yield from _codes(old, new, way, at)
    yield from _rest(old, new, COMPARED | UNTOUCHED[way], at)
    # A text becomes another type in clients that are generated; a number is one of less width.
    formats = {each.get("format") for each in (old, new)}
    if way is Way.ANSWER and old.get("type") == "string" and len(formats) > 1:
        yield f"{at}: format"
    if "enum" in narrow:
        accepts = OAS30Validator(wide.get(WRITTEN, {})).is_valid
        yield from (f"{at}: {value!r}" for value in narrow["enum"] if not accepts(value))
        return
    if "enum" in wide and not _lists(wide["enum"], narrow, way):
        yield f"{at}: enum"
    by_standard = way is Way.ANSWER and _has_standard(old, new, header)
    yield from _values(narrow, wide, at, by_standard=by_standard)
    if "items" in wide:
        yield from _schema(old.get("items", {}), new.get("items", {}), way, f"{at}[]")
    yield from _properties(old, new, way, at)


def _lists(enum: list[Any], narrow: Node, way: Way) -> bool:
    """Tell whether a set has every value of a schema that has no set."""
    # Clients treat a code that they do not know by the status: so a set may become an open one.
    if way is Way.ANSWER and all(value in narrow.get(OPEN, ()) for value in enum):
        return True
    if narrow.get("nullable") and None not in enum:
        return False
    if narrow.get("type") == "boolean":
        return True in enum and False in enum
    texts = [value for value in enum if isinstance(value, str)]
    pattern = "|".join("".join(map(_literal, text)) for text in texts)
    language = narrow.get("pattern", Language(()))
    return narrow.get("type") == "string" and language <= Language((f"^({pattern})$",))


def _codes(old: Node, new: Node, way: Way, at: str) -> Iterator[str]:
    """Compare what programs decide by: known values of open sets, and codes of violations."""
    for value in set(old.get(OPEN, ())) - set(new.get(OPEN, ())):
        yield f"{at}: {value} is no longer among the known values"
    violations = new.get("x-violations", {})
    reported = old.get("x-violations", {}) if way is Way.REQUEST else {}
    for keyword, violation in reported.items():
        # What is no longer asked for is not violated. `required` is asked for by the object.
        asked = keyword in new or keyword not in old
        if asked and _reported(violation) != _reported(violations.get(keyword, ())):
            yield f"{at}: {keyword} is reported with another code"


def _reported(violation: Any) -> list[tuple[str, str]]:
    each = [violation] if isinstance(violation, dict) else violation
    return [(one.get("containing", ""), one["code"]) for one in each]


def _values(narrow: Node, wide: Node, at: str, *, by_standard: bool) -> Iterator[str]:
    """Compare everything but what is inside of objects and arrays."""
    skipped = OF_TEXT if by_standard else set()
    if "type" in wide and narrow.get("type") not in {wide["type"], *_smaller(wide["type"])}:
        yield f"{at}: type"
    if narrow.get("nullable") and "type" in wide and not wide.get("nullable"):
        yield f"{at}: nullable"
    for keyword in (LOWER.keys() | UPPER.keys()) & wide.keys() - skipped:
        if not _within(narrow, wide, keyword):
            yield f"{at}: {keyword}"
    formats = (narrow.get("format"), wide.get("format"))
    if formats[1] and formats[0] != formats[1] and formats not in SMALLER:
        yield f"{at}: format"
    language = narrow.get("pattern", Language(()))
    if "pattern" in wide and not skipped and not language <= wide["pattern"]:
        yield f"{at}: pattern"
    if wide.get("uniqueItems") and not narrow.get("uniqueItems"):
        yield f"{at}: uniqueItems"
    if "multipleOf" in wide and not _is_multiple(narrow, wide["multipleOf"]):
        yield f"{at}: multipleOf"


def _is_multiple(narrow: Node, step: float) -> bool:
    given = narrow.get("multipleOf", 1 if narrow.get("type") == "integer" else None)
    return given is not None and Fraction(given) % Fraction(step) == 0


def _properties(old: Node, new: Node, way: Way, at: str) -> Iterator[str]:
    before, now = old.get("properties", {}), new.get("properties", {})
    narrow, wide = (old, new) if way is Way.REQUEST else (new, old)
    for name in set(wide.get("required", ())) - set(narrow.get("required", ())):
        yield f"{at}.{name}: {'required' if way is Way.REQUEST else 'optional'}"
    for name in before.keys() - now.keys():
        yield f"{at}.{name}: removed"
    for name in before.keys() & now.keys():
        yield from _schema(before[name], now[name], way, f"{at}.{name}")
    others, accepted = (node.get("additionalProperties", True) for node in (narrow, wide))
    if way is Way.REQUEST and others is not False:
        yield from (f"{at}.{name}: took any value" for name in now.keys() - before.keys())
    if accepted is False and others is not False:
        yield f"{at}: additionalProperties"
    elif isinstance(accepted, dict) and others is not False:
        first, second = (node.get("additionalProperties", {}) for node in (old, new))
        yield from _schema(_object(first), _object(second), way, f"{at}.*")


def _object(schema: Any) -> Node:
    return schema if isinstance(schema, dict) else {}


def _rest(old: Node, new: Node, compared: set[str], at: str) -> Iterator[str]:
    """Refuse the change of a keyword for which there is no rule."""
    for key in (old.keys() | new.keys()) - compared - TEXTS:
        before, now = ({key: node.get(key)} for node in (old, new))
        if not key.startswith("x-") and _meaning(before) != _meaning(now):
            yield f"{at}: {key}"


def _has_standard(old: Node, new: Node, header: str) -> bool:
    """Tell whether clients read a text by a standard, whatever its bounds and patterns are."""
    has_format = "format" in old and old["format"] == new.get("format")
    return has_format or header in OF_HTTP


def _smaller(kind: str) -> set[str]:
    return {"integer"} if kind == "number" else set()


def _within(narrow: Node, wide: Node, keyword: str) -> bool:
    if keyword not in narrow:
        return False
    least, most = narrow[keyword], wide[keyword]
    return bool(least >= most if keyword in LOWER else least <= most)


@dataclass(frozen=True, eq=False)
class Language:
    """The texts that match every one of some patterns. What is unreadable equals itself only."""

    patterns: tuple[str, ...]

    def __le__(self, other: "Language") -> bool:
        """Tell whether every text of this one is also one of the other."""
        return set(other.patterns) <= set(self.patterns) or _matches(self.patterns, other.patterns)

    def __eq__(self, other: object) -> bool:
        """Tell whether both have the same texts, however they are written."""
        if not isinstance(other, Language) or _lengths(self.patterns) != _lengths(other.patterns):
            return False
        return self <= other <= self

    __hash__ = None  # type: ignore[assignment]

    def __and__(self, other: "Language") -> "Language":
        """Return the texts that both have."""
        return Language((*self.patterns, *other.patterns))


@cache
def _matches(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    (least, most), (from_, to) = _lengths(narrow), _lengths(wide)
    if least < from_ or most > to:
        return False
    try:
        with _Limit():
            return bool(_read_all(narrow).difference(_read_all(wide)).empty())
    except Exception:  # noqa: BLE001 - greenery has no class for what it cannot read, as `(?=…)`.
        return False


@cache
def _lengths(patterns: tuple[str, ...]) -> tuple[float, float]:
    """Return how many characters a text that matches has at least and at most."""
    try:
        with _Limit():
            spans = [(0, inf), *(_span(_parsed(pattern)) for pattern in patterns)]
    except Exception:  # noqa: BLE001 - as above.
        return 0, inf
    return max(least for least, _ in spans), min(most for _, most in spans)


def _span(node: Pattern | Conc | Mult | Charclass) -> tuple[float, float]:
    match node:
        case Pattern():
            spans = [_span(each) for each in node.concs]
            return min(least for least, _ in spans), max(most for _, most in spans)
        case Conc():
            spans = [_span(each) for each in node.mults]
            return sum(least for least, _ in spans), sum(most for _, most in spans)
        case Mult():
            (least, most), times = _span(node.multiplicand), node.multiplier
            highest = inf if times.max.v is None else times.max.v
            return least * (times.min.v or 0), most and highest and most * highest
        case _:
            return 1, 1


class _Limit:
    """Ends what takes too long: a language may have more states than any machine can count.

    It is CPU time, so that a verdict does not depend on what else a machine does.
    """

    def __enter__(self) -> None:
        self.before = signal.signal(signal.SIGVTALRM, self.end)
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, self.before)

    @staticmethod
    def end(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError


def _read_all(patterns: tuple[str, ...]) -> Pattern:
    return reduce(and_, map(_parsed, patterns), parse(".*"))


@cache
def _parsed(pattern: str) -> Pattern:
    """Read a pattern of ECMA-262, which is searched for; greenery's match as a whole."""
    alternatives: list[list[str]] = [[]]
    depth = 0
    for part in TOKEN.findall(pattern):
        depth += {"(": 1, "(?:": 1, ")": -1}.get(part, 0)
        if part == "|" and not depth:
            alternatives.append([])
        else:
            alternatives[-1].append(part)
    return parse("|".join(map(_searched, alternatives)))


def _searched(parts: list[str]) -> str:
    head, tail = parts[:1] == ["^"], parts[-1:] == ["$"]
    core = parts[head : len(parts) - tail]
    if {"^", "$"} & set(core):
        raise ValueError(core)  # greenery would take it for the character.
    return f"{'' if head else '.*'}({''.join(map(_translated, core))}){'' if tail else '.*'}"


def _translated(part: str) -> str:
    if part in ECMA:
        return ECMA[part]
    if part.startswith("["):
        return _class(part[1:-1])
    if part.startswith("\\u"):
        return _literal(chr(int(part.removeprefix("\\u"), base=16)))
    return _literal(part[1]) if re.fullmatch(r"\\\W", part) else part


def _class(body: str) -> str:
    r"""Escape what greenery has another meaning for; of `\S`, it has another one everywhere."""
    negated = body.startswith("^")
    parts = CHARACTER.findall(body.removeprefix("^"))
    if r"\S" in parts:
        raise ValueError(body)
    ends = {0, len(parts) - 1}
    inner = (
        SPACES if part == r"\s"
        else _translated(part) if part.startswith("\\")
        else part if part == "-" and at not in ends
        else _literal(part)
        for at, part in enumerate(parts)
    )  # fmt: skip
    return f"[{'^' if negated else ''}{''.join(inner)}]"


def _literal(character: str) -> str:
    return f"\\x{ord(character):02x}" if character.isascii() else character


def _form(schema: Node) -> Node:
    """Return the normal form: defaults left out, `allOf` folded, bounds as tight as they are."""
    parts = [_own(schema), *map(_form, schema.get("allOf", ()))]
    return {**_joined(parts), WRITTEN: schema}


def _own(schema: Node) -> Node:
    excluding = {*LOWER.values(), *UPPER.values(), "allOf"}
    own = {
        key: value
        for key, value in schema.items()
        if key not in excluding and not (key in OF_SCHEMAS and value == OF_SCHEMAS[key])
    }
    for key in {"items", "additionalProperties"} & own.keys():
        own[key] = _form(own[key]) if isinstance(own[key], dict) else own[key]
    if own.get("additionalProperties") == {WRITTEN: {}}:
        del own["additionalProperties"]
    if "properties" in own:
        own["properties"] = {name: _form(each) for name, each in own["properties"].items()}
    if "pattern" in own:
        own["pattern"] = Language((own["pattern"],))
    return own | {key: _bound(schema, key) for key in own.keys() & (LOWER | UPPER).keys()}


def _bound(schema: Node, keyword: str) -> tuple[float, bool]:
    """Return a bound that is compared as it is: a lower one is narrower if it is greater."""
    is_exclusive = bool(schema.get((LOWER | UPPER)[keyword]))
    return schema[keyword], is_exclusive if keyword in LOWER else not is_exclusive


def _joined(parts: list[Node]) -> Node:
    """Fold parts into one; what cannot be folded stays in `allOf`, for which there is no rule."""
    joined, *others = parts
    rest = []
    for part in others:
        if _folds(joined, part):
            joined = _both(joined, part)
        else:
            rest.append(part)
    rest += joined.get("allOf", [])
    return _tight({**joined, "allOf": rest} if rest else joined)


def _folds(one: Node, other: Node) -> bool:
    """Tell whether one schema can say what two say."""
    pairs, shared = ((one, other), (other, one)), one.keys() & other.keys() - FOLDED
    is_equal = all(key.startswith("x-") or one[key] == other[key] for key in shared)
    # `additionalProperties` is about the names beside it, and `nullable` about the type beside it.
    is_open = all(
        "additionalProperties" not in part
        or part.get("properties", {}).keys() >= beside.get("properties", {}).keys()
        for part, beside in pairs
    )
    loose = any("nullable" in a and "type" not in a and "type" in b for a, b in pairs)
    return is_equal and is_open and not loose


def _both(one: Node, other: Node) -> Node:
    shared = one.keys() & other.keys()
    both = {**other, **one, **{key: _and(key, one[key], other[key]) for key in shared}}
    if any("type" in part and "nullable" not in part for part in (one, other)):
        both.pop("nullable", None)
    return both


def _and(key: str, one: Any, other: Any) -> Any:
    if key in LOWER:
        return max(one, other)
    if key in UPPER:
        return min(one, other)
    return RULES[key](one, other) if key in RULES else one


RULES: dict[str, Callable[[Any, Any], Any]] = {
    "allOf": lambda one, other: [*one, *other],
    "enum": lambda one, other: [value for value in one if value in other],
    "items": lambda one, other: _joined([one, other]),
    "pattern": and_,
    "properties": lambda one, other: {
        **one,
        **other,
        **{name: _joined([one[name], other[name]]) for name in one.keys() & other.keys()},
    },
    "required": lambda one, other: sorted({*one, *other}),
    "x-violations": lambda one, other: {**other, **one},
    OPEN: lambda one, other: [value for value in one if value in other],
    WRITTEN: lambda one, other: {"allOf": [one, other]},
}
"""What two values of a keyword are as one, besides the bounds; a text is that of the first."""


def _tight(form: Node) -> Node:
    """Write bounds as they are: those of integers inclusive, those of texts as patterns imply."""
    if form.get("type") == "integer":
        return _of_integer(form)
    if form.get("type") == "string" and "pattern" in form:
        least, most = _lengths(form["pattern"].patterns)
        implied = {"minLength": (least, False), "maxLength": (most, True)}
        known = {key: _and(key, form.get(key, bound), bound) for key, bound in implied.items()}
        none = {"minLength": 0, "maxLength": inf}
        return form | {key: bound for key, bound in known.items() if bound[0] != none[key]}
    return form


def _of_integer(form: Node) -> Node:
    kept = {key: value for key, value in form.items() if (key, value) != ("multipleOf", 1)}
    if "minimum" in kept:
        least, is_exclusive = kept["minimum"]
        kept["minimum"] = (floor(least) + 1 if is_exclusive else ceil(least), False)
    if "maximum" in kept:
        most, is_inclusive = kept["maximum"]
        kept["maximum"] = (floor(most) if is_inclusive else ceil(most) - 1, True)
    return kept


def _normal(document: Node) -> Node:
    """Return the operations of a contract with everything that they refer to."""
    operations = {
        f"{method.upper()} {path}": _whole(document, item, operation)
        for path, each in document["paths"].items()
        for item in [_resolved(each, document)]
        for method, operation in item.items()
        if method in METHODS
    }
    return {
        "base": urlsplit(_servers(document)[0]).path.rstrip("/"),
        "openapi": ".".join(document["openapi"].split(".")[:2]),
        "operations": operations,
    }


def _servers(node: Node) -> list[str]:
    """Return the addresses, with the defaults of their variables."""
    return [_address(each) for each in node.get("servers") or [{"url": "/"}]]


def _address(server: Node) -> str:
    values = server.get("variables", {})
    return re.sub(r"{(.+?)}", lambda name: str(values[name[1]]["default"]), server["url"])


def _whole(document: Node, item: Node, operation: Node) -> Node:
    shared = {key: value for key, value in item.items() if key not in METHODS}
    whole = {**shared, **operation}
    every = map(_parameter, [*item.get("parameters", ()), *operation.get("parameters", ())])
    security = operation.get("security", document.get("security", [])) or [{}]
    responses = {str(key): _response(each) for key, each in operation["responses"].items()}
    if "requestBody" in whole:
        whole["requestBody"] = _field(whole["requestBody"], "")
    if "servers" in whole and _servers(whole) == _servers(document):
        del whole["servers"]
    return {
        **{key: value for key, value in whole.items() if (key, value) != ("deprecated", False)},
        "parameters": {_name(each): each for each in every},
        "responses": responses,
        "security": {_way(document, way) for way in security},
        "tags": operation.get("tags", []),
    }


def _response(answer: Node) -> Node:
    headers = answer.get("headers", {}).items()
    return {
        **_field(answer, ""),
        "headers": {name.lower(): _field(each, "simple") for name, each in headers},
    }


def _parameter(parameter: Node) -> Node:
    field = _field(parameter, STYLES[parameter["in"]])
    name = _name(parameter)
    if field.get("schema", {}).get("default", NO_BOUND) == IDLE.get(name):
        field["schema"].pop("default")
    return {**field, "name": name}


def _field(node: Node, style: str) -> Node:
    """Leave out what is so by default, and give schemas their normal form."""
    defaults = {**OF_FIELDS, "style": style, "explode": node.get("style", style) == "form"}
    field = {
        key: value
        for key, value in node.items()
        if not (key in defaults and value == defaults[key])
    }
    if "schema" in field:
        field["schema"] = _form(field["schema"])
    if "content" in field:
        content = field["content"].items()
        field["content"] = {each.lower(): _field(media, "") for each, media in content}
    return field


def _name(parameter: Node) -> str:
    name = parameter["name"]
    return f"{parameter['in']} {name.lower() if parameter['in'] == 'header' else name}"


def _way(document: Node, requirement: Node) -> frozenset[str]:
    """Return what one way to sign in asks for: each scheme as it is defined, and each scope."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    described = {name: str(sorted(_meaning(schemes.get(name, {})).items())) for name in requirement}
    scopes = {f"{described[name]} {scope}" for name in requirement for scope in requirement[name]}
    return frozenset({*described.values(), *scopes})


def _resolved(node: Any, document: Node, within: tuple[str, ...] = ()) -> Any:
    """Replace references by what they refer to; one to what it is in stays."""
    if isinstance(node, list):
        return [_resolved(each, document, within) for each in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference in within:
            return node
        target = reduce(_step, unquote(reference).split("/")[1:], document)
        return _resolved(target, document, (*within, reference))
    return {key: _resolved(value, document, within) for key, value in node.items()}


def _step(found: Any, key: str) -> Any:
    """Follow one step of a JSON Pointer (RFC 6901)."""
    name = key.replace("~1", "/").replace("~0", "~")
    return found[int(name)] if isinstance(found, list) else found[name]


def _meaning(node: Any, *, names: bool = False) -> Any:
    """Leave out what is for people; a property may be called `title` too."""
    if isinstance(node, list):
        return [_meaning(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: sorted(value, key=str) if key in {"enum", "required", OPEN} and isinstance(value, list)
        else value if key == "default" and not names
        else _meaning(value, names=key in NAMED and not names)
        for key, value in node.items()
        if names or not (key in TEXTS or (key.startswith("x-") and key not in {OPEN, LENIENT}))
    }  # fmt: skip


def _without_version(document: Node) -> Node:
    return {**document, "info": {**document["info"], "version": ""}}


def _order(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by: a pre-release comes before its release."""
    numbers, hyphen, _ = version.partition("+")[0].partition("-")
    return (*map(int, numbers.split(".")), not hyphen)


def _raised(before: tuple[int, ...], now: tuple[int, ...]) -> Level:
    """Return what the step from one version to another one is."""
    steps = zip((Level.MAJOR, Level.MINOR, Level.PATCH), before, now, strict=False)
    return next((level for level, old, new in steps if old != new), Level.NOTHING)


def _read(file: Path) -> Node:
    document: Node = yaml.safe_load(file.read_text(encoding="utf-8"))
    return document


if __name__ == "__main__":
    sys.exit(main())

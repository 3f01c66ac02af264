"""Compares the contract with the newest released one: `python -m scripts.lint_compatibility`.

What breaks a client needs a new major version, what adds something a new minor version, and what
changes a text a new patch version: the policy is in the contract, under "Versions". Names of
components do not count, because references are replaced by what they refer to. A change of a
keyword that is not known here is taken for one that breaks clients.

What was accepted in a request has to be accepted still; what is in an answer has to be what could
be there before. So one rule serves both: every value of the narrow schema is one of the wide
schema, where `narrow` is the old one in a request, and the new one in an answer. See
docs/decisions/0027-compatibility-of-the-contract.md.
"""

import re
import sys
from collections.abc import Iterator
from enum import Enum, IntEnum
from functools import cache, reduce
from operator import and_
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from greenery import Pattern, parse
from openapi_schema_validator import OAS30Validator

OPENAPI = Path(__file__).resolve().parents[1] / "openapi"

Node = dict[str, Any]
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
    *LOWER, *UPPER, *LOWER.values(), *UPPER.values(), *TEXTS, OPEN,
    "additionalProperties", "deprecated", "enum", "format", "items", "multipleOf", "nullable",
    "pattern", "properties", "required", "type", "uniqueItems",
}  # fmt: skip
OF_HTTP = {
    "accept", "accept-encoding", "allow", "cache-control", "content-location", "etag", "link",
    "location", "retry-after", "vary", "www-authenticate",
}  # fmt: skip
"""Clients read these by RFC 9110 and RFC 8288, however narrow the schema is."""

IDLE = {"header if-match": "*", "header if-none-match": ""}
"""By RFC 9110, these have no effect. As a default, they say what no header has always meant."""


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


def main() -> int:
    """Print what the version of the contract does not allow."""
    released, contract = _read(newest_release()), _read(OPENAPI / "tasks.yaml")
    problems = list(problems_of(released, contract))
    print("\n".join(problems) or "The version of the contract allows its changes.")
    return 1 if problems else 0


def newest_release() -> Path:
    """Return the released contract with the highest version."""
    return max((OPENAPI / "released").glob("*.yaml"), key=lambda file: _numbers(file.stem))


def problems_of(released: Node, contract: Node) -> Iterator[str]:
    """Say what is wrong with the version of the contract, and which changes ask for another one."""
    before, now = (document["info"]["version"] for document in (released, contract))
    asked = level_of(released, contract)
    if _raised(_numbers(before), _numbers(now)) < asked or _numbers(now) < _numbers(before):
        yield f"{before} is released; the changes ask for a new {asked.name} version, not {now}"
        yield from (f"  {change}" for change in sorted(breaking(released, contract)))


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
    if old.get(LENIENT) and not new.get(LENIENT):
        yield f"{at}: unknown query parameters are refused"
    # Who can sign in by one of the old ways has all that one of the new ways asks for.
    if not all(any(way <= known for way in new["security"]) for known in old["security"]):
        yield f"{at}: security asks for more"
    yield from _parameters(old["parameters"], new["parameters"], at)
    yield from _body(old.get("requestBody"), new.get("requestBody"), f"{at}: body")
    yield from _answers(old, new, at)
    compared = {
        "operationId",
        "tags",
        "security",
        "parameters",
        "requestBody",
        "responses",
        "deprecated",
    }
    yield from _rest(old, new, compared, at)


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
    for media_type, before in old.items():
        where = f"{at}: {media_type}"
        if media_type not in new:
            yield f"{where}: removed"
        else:
            now = new[media_type]
            yield from _schema(before.get("schema", {}), now.get("schema", {}), way, where)
            yield from _rest(before, now, {"schema"}, where)


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
        yield from _schema(
            before.get("schema", {}), now.get("schema", {}), Way.ANSWER, where, header=name
        )
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
    before, now = _merged(old), _merged(new)
    narrow, wide = (before, now) if way is Way.REQUEST else (now, before)
    yield from _codes(before, now, at)
    yield from _rest(before, now, COMPARED, at)
    if "enum" in narrow:
        accepts = OAS30Validator(new if way is Way.REQUEST else old).is_valid
        yield from (f"{at}: {value!r}" for value in narrow["enum"] if not accepts(value))
        return
    # Clients treat a code that they do not know by the status: so a set may become an open one.
    if "enum" in wide and not (
        way is Way.ANSWER and set(wide["enum"]) <= set(narrow.get(OPEN, ()))
    ):
        yield f"{at}: enum"
    yield from _values(
        narrow, wide, at, by_standard=way is Way.ANSWER and _has_standard(old, new, header)
    )
    if "items" in wide:
        yield from _schema(before.get("items", {}), now.get("items", {}), way, f"{at}[]")
    yield from _properties(before, now, way, at)


def _codes(old: Node, new: Node, at: str) -> Iterator[str]:
    """Compare what programs decide by: known values of open sets, and codes of violations."""
    for value in set(old.get(OPEN, ())) - set(new.get(OPEN, ())):
        yield f"{at}: {value} is no longer among the known values"
    violations = new.get("x-violations", {})
    for keyword, violation in old.get("x-violations", {}).items():
        codes = [each["code"] for each in _list(violation)]
        if keyword in violations and codes != [each["code"] for each in _list(violations[keyword])]:
            yield f"{at}: {keyword} is reported with another code"


def _values(narrow: Node, wide: Node, at: str, *, by_standard: bool) -> Iterator[str]:
    """Compare everything but what is inside of objects and arrays."""
    skipped = OF_TEXT if by_standard else set()
    if "type" in wide and narrow.get("type") not in {wide["type"], *_smaller(wide["type"])}:
        yield f"{at}: type"
    if narrow.get("nullable") and not wide.get("nullable"):
        yield f"{at}: nullable"
    for keyword in (LOWER.keys() | UPPER.keys()) & wide.keys() - skipped:
        if not _within(narrow, wide, keyword):
            yield f"{at}: {keyword}"
    formats = (narrow.get("format"), wide.get("format"))
    if formats[1] and formats[0] != formats[1] and formats not in SMALLER:
        yield f"{at}: format"
    if (
        "pattern" in wide
        and not skipped
        and not _matches(narrow.get("pattern", ()), wide["pattern"])
    ):
        yield f"{at}: pattern"
    if wide.get("uniqueItems") and not narrow.get("uniqueItems"):
        yield f"{at}: uniqueItems"
    if "multipleOf" in wide and narrow.get("multipleOf", 0.1) % wide["multipleOf"]:
        yield f"{at}: multipleOf"


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
        if not key.startswith("x-") and old.get(key) != new.get(key):
            yield f"{at}: {key}"


def _has_standard(old: Node, new: Node, header: str) -> bool:
    """Tell whether clients read a text by a standard, whatever its bounds and patterns are."""
    has_format = "format" in old and old["format"] == new.get("format")
    return has_format or header.lower() in OF_HTTP


def _smaller(kind: str) -> set[str]:
    return {"integer"} if kind == "number" else set()


def _within(narrow: Node, wide: Node, keyword: str) -> bool:
    if keyword not in narrow:
        is_counted = keyword not in {"minimum", "maximum"}
        no_bound = 0 if keyword in LOWER else NO_BOUND
        return is_counted and wide[keyword] == no_bound
    exclusive = LOWER.get(keyword) or UPPER.get(keyword, "")
    (least, most) = ((node[keyword], bool(node.get(exclusive))) for node in (narrow, wide))
    if keyword in LOWER:
        return least >= most
    return (least[0], not least[1]) <= (most[0], not most[1])


@cache
def _matches(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """Tell whether every text of the one language is also one of the other."""
    if set(wide) <= set(narrow):
        return True
    try:
        return bool(_language(narrow).difference(_language(wide)).empty())
    except Exception:  # noqa: BLE001 - greenery has no class for what it cannot read, as `(?=…)`.
        return False


def _language(patterns: tuple[str, ...]) -> Pattern:
    return reduce(and_, map(_parsed, patterns), parse(".*"))


def _parsed(pattern: str) -> Pattern:
    r"""Read a pattern that is searched for; greenery's match as a whole, and know no `\u`."""
    head, tail = ("" if pattern.startswith("^") else ".*"), ("" if pattern.endswith("$") else ".*")
    core = re.sub(
        r"\\u([0-9a-fA-F]{4})",
        lambda found: chr(int(found[1], 16)),
        pattern.removeprefix("^").removesuffix("$"),
    )
    return parse(f"{head}({core}){tail}")


def _merged(schema: Node) -> Node:
    """Fold `allOf` into the schema; of patterns there can be several."""
    own = {key: value for key, value in schema.items() if key != "allOf"}
    if "pattern" in own:
        own["pattern"] = (own["pattern"],)
    return reduce(_both, map(_merged, schema.get("allOf", ())), own)


def _both(one: Node, other: Node) -> Node:
    return {
        key: _and(key, one[key], other[key])
        if key in one and key in other
        else {**one, **other}[key]
        for key in one | other
    }


def _and(key: str, one: Any, other: Any) -> Any:
    match key:
        case "pattern" | "required":
            return (*one, *other)
        case "properties":
            return (
                one | other | {n: {"allOf": [one[n], other[n]]} for n in one.keys() & other.keys()}
            )
        case "enum":
            return [value for value in one if value in other]
        case _ if key in LOWER or key in UPPER:
            return max(one, other) if key in LOWER else min(one, other)
        case _:
            return one


def _normal(document: Node) -> Node:
    """Return the operations of a contract with everything that they refer to."""
    server = urlsplit(document.get("servers", [{"url": "/"}])[0]["url"])
    operations = {
        f"{method.upper()} {path}": _whole(document, item, operation)
        for path, item in document["paths"].items()
        for method, operation in _resolved(item, document).items()
        if method in METHODS
    }
    return {"base": server.path.rstrip("/"), "operations": operations}


def _whole(document: Node, item: Node, operation: Node) -> Node:
    shared = _resolved(item, document).get("parameters", [])
    every = [*shared, *operation.get("parameters", [])]
    parameters = {_name(each): _without_idle_default(each) for each in every}
    security = operation.get("security", document.get("security", [])) or [{}]
    responses = {
        str(status): {**answer, "headers": answer.get("headers", {})}
        for status, answer in operation["responses"].items()
    }
    return {
        **operation,
        "parameters": parameters,
        "responses": responses,
        "security": [_way(document, way) for way in security],
    }


def _without_idle_default(parameter: Node) -> Node:
    schema = parameter.get("schema", {})
    if schema.get("default") != IDLE.get(_name(parameter)):
        return parameter
    kept = {keyword: value for keyword, value in schema.items() if keyword != "default"}
    return {**parameter, "schema": kept}


def _name(parameter: Node) -> str:
    name = parameter["name"]
    return f"{parameter['in']} {name.lower() if parameter['in'] == 'header' else name}"


def _way(document: Node, requirement: Node) -> frozenset[str]:
    """Return what one way to sign in asks for: each scheme as it is defined, and each scope."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    described = {name: str(sorted(_meaning(schemes[name]).items())) for name in requirement}
    scopes = {f"{described[name]} {scope}" for name in requirement for scope in requirement[name]}
    return frozenset({*described.values(), *scopes})


def _resolved(node: Any, document: Node) -> Any:
    if isinstance(node, list):
        return [_resolved(each, document) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        target = reduce(lambda found, key: found[key], node["$ref"].split("/")[1:], document)
        return _resolved(target, document)
    return {key: _resolved(value, document) for key, value in node.items()}


def _meaning(node: Any, *, names: bool = False) -> Any:
    """Leave out what is for people; a property may be called `title` too."""
    if isinstance(node, list):
        return [_meaning(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: sorted(value, key=str) if key in {"enum", "required", OPEN} and isinstance(value, list)
        else _meaning(value, names=key in NAMED and not names)
        for key, value in node.items()
        if names or not (key in TEXTS or (key.startswith("x-") and key not in {OPEN, LENIENT}))
    }  # fmt: skip


def _without_version(document: Node) -> Node:
    return {**document, "info": {**document["info"], "version": ""}}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _raised(before: tuple[int, ...], now: tuple[int, ...]) -> Level:
    """Return what the step from one version to another one is."""
    steps = zip((Level.MAJOR, Level.MINOR, Level.PATCH), before, now, strict=True)
    return next((level for level, old, new in steps if old != new), Level.NOTHING)


def _read(file: Path) -> Node:
    document: Node = yaml.safe_load(file.read_text(encoding="utf-8"))
    return document


if __name__ == "__main__":
    sys.exit(main())

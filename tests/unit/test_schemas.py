"""What the text of a parameter stands for."""

import pytest

from boundary.schemas import Schema


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("7", 7), ("-7", -7), ("9" * 19, int("9" * 19))]
)
def test_an_integer_is_read_from_its_one_form(text: str, value: int) -> None:
    assert Schema({"type": "integer"}, location="query").read(text) == value


@pytest.mark.parametrize("digits", [20, 40, 5000])
@pytest.mark.parametrize(("sign", "bound"), [("", {"maximum": 10}), ("-", {"minimum": -10})])
def test_an_integer_of_any_length_is_one_that_is_out_of_range(
    digits: int, sign: str, bound: dict[str, int]
) -> None:
    code = {"code": "OUT_OF_RANGE", "message": "Too far"}
    rules = dict.fromkeys(bound, code)
    schema = Schema({"type": "integer", **bound, "x-violations": rules}, location="query")

    found = schema.violations(schema.read(sign + "9" * digits), name="n")

    assert [violation.code for violation in found] == ["OUT_OF_RANGE"]


@pytest.mark.parametrize(
    "text", ["", "07", "+7", " 7", "7\n", "7.0", "1_0", "1e2", "٣", "--7", "true"]
)
def test_any_other_text_is_no_integer(text: str) -> None:
    assert Schema({"type": "integer"}, location="query").read(text) == text


@pytest.mark.parametrize("text", ["", "True", "TRUE", "1", "yes", "true ", "null"])
def test_only_true_and_false_are_booleans(text: str) -> None:
    schema = Schema({"type": "boolean"}, location="query")

    assert (schema.read("true"), schema.read("false")) == (True, False)
    assert schema.read(text) == text


@pytest.mark.parametrize("text", ["7", "true", ""])
def test_where_a_string_is_asked_for_a_number_is_text(text: str) -> None:
    assert Schema({"type": "string"}, location="query").read(text) == text

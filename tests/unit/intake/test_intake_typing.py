"""Each type of field: what is accepted and how it is held, what is not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accountability.errors import EventRejected
from accountability.intake import Intake
from accountability.policy.vocabulary import EventType, Field, Sort, Type
from accountability.workdays import Limit

CHOICE = Type(Sort.CHOICE, choices=frozenset({"city", "5"}))
POST = Type(Sort.REFERENCE, kind="post")


def read(type_: Type, json_text: str) -> object:
    intake = Intake({"t": EventType("t", {"f": Field("f", type_)})})
    line = f'{{"specversion":"1.0","id":"e","source":"/s","type":"t","time":"2026-01-01T00:00:00Z","data":{{"f":{json_text}}}}}'
    return intake.one(line.encode()).fields["f"]


ACCEPTED = [
    (Type(Sort.BOOLEAN), "true", True), (Type(Sort.BOOLEAN), "false", False), (Type(Sort.BOOLEAN), '"yes"', True),
    (Type(Sort.BOOLEAN), '"no"', False),
    (Type(Sort.NUMBER), "5", 5), (Type(Sort.NUMBER), "-0.10", Decimal("-0.10")), (Type(Sort.NUMBER), "1e3", Decimal("1e3")),
    (Type(Sort.NUMBER), "9" * 30, int("9" * 30)),
    (Type(Sort.NUMBER), "0.1000000000000000055511", Decimal("0.1000000000000000055511")),
    (Type(Sort.TEXT), '""', ""), (Type(Sort.TEXT), '"是"', "是"),
    (CHOICE, '"city"', "city"), (CHOICE, '"5"', "5"),
    (Type(Sort.INSTANT), '"2026-03-01t09:00:00.1234569+08:00"', datetime(2026, 3, 1, 1, 0, 0, 123_456, tzinfo=UTC)),
    (Type(Sort.INSTANT), '"2026-03-01t09:00:00z"', datetime(2026, 3, 1, 9, tzinfo=UTC)),
    (Type(Sort.INSTANT), '"2026-03-01T23:59:59.9999999-00:00"', datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=UTC)),
    (Type(Sort.DATE), '"2024-02-29"', date(2024, 2, 29)),
    (Type(Sort.LIMIT), '"5 working days"', Limit.parse("5 working days")), (Type(Sort.LIMIT), '"2h"', Limit.parse("2h")),
    (POST, '"town-a/principal"', "town-a/principal"), (POST, '"post/town-a/principal"', "town-a/principal"),
    (POST, '"unit/principal"', "unit/principal"), (POST, '"岗位/town-a/principal"', "town-a/principal"),
    (POST, '"单位/principal"', "单位/principal"),
]


@pytest.mark.parametrize(("type_", "json_text", "held"), ACCEPTED)
def test_a_value_of_the_type_is_held_exactly(type_: Type, json_text: str, held: object) -> None:
    found = read(type_, json_text)
    assert (found, type(found)) == (held, type(held))


@pytest.mark.parametrize(("type_", "json_text", "what"), [
    (Type(Sort.BOOLEAN), "1", "badly-typed: `f` is `1`, not `true` or `false`"),
    (Type(Sort.BOOLEAN), '"true"', "badly-typed: `f` is `true`, not `true` or `false`"),
    (Type(Sort.NUMBER), "true", "badly-typed: `f` is `true`, not a number"),
    (Type(Sort.NUMBER), '"5"', "badly-typed: `f` is `5`, not a number"),
    (Type(Sort.NUMBER), "1" + "0" * 30, "badly-typed: `f` is a number that is too long, not a number"),
    (Type(Sort.NUMBER), "1e999999999", "badly-typed: `f` is a number that is too long, not a number"),
    (Type(Sort.NUMBER), "1e-31", "badly-typed: `f` is a number that is too long, not a number"),
    (Type(Sort.TEXT), "5", "badly-typed: `f` is `5`, not text"),
    (CHOICE, "5", "badly-typed: `f` is `5`, not one of `5`, `city`"),
    (CHOICE, "[]", "badly-typed: `f` is a list, not one of `5`, `city`"),
    (Type(Sort.INSTANT), "5", "badly-typed: `f` is `5`, not an instant such as `2026-03-01T09:00:00+08:00`"),
    (Type(Sort.INSTANT), '"2026-03-01"', "bad-instant: `f` is `2026-03-01`; write an instant"),
    (Type(Sort.DATE), '"2026-02-29"', "badly-typed: `f` is `2026-02-29`, not a date such as `2026-03-01`"),
    (Type(Sort.DATE), '"20260301"', "badly-typed: `f` is `20260301`, not a date such as `2026-03-01`"),
    (Type(Sort.LIMIT), '"soon"', "badly-typed: `f` is `soon`, not a limit such as `2h` or `5 working days`"),
    (POST, "true", "badly-typed: `f` is `true`, not the id of a post, as text"),
])
def test_any_other_value_is_refused_saying_what_came_and_what_was_wanted(type_: Type, json_text: str, what: str) -> None:
    with pytest.raises(EventRejected) as why:
        read(type_, json_text)
    assert str(why.value).startswith(what)

"""The one form of a rule file, by example: order, comments, brackets, quotes, long lines."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest

from accountability.document import Mapping, commented, parse
from accountability.document.layout import WIDTH, columns
from accountability.errors import DocumentError
from accountability.policy.formatter import formatted
from accountability.policy.kinds import KINDS
from accountability.policy.order import order_of


def one_form(text: str) -> str:
    done = formatted(dedent(text))
    assert formatted(done) == done
    return done


def is_formed(text: str) -> None:
    """Whether *text* is in its one form already."""
    assert one_form(text) == dedent(text)


def test_keywords_stand_in_the_order_of_the_reference_and_names_in_the_authors() -> None:
    assert one_form("""\
        rules: []
        vocabulary:
          z.happened: {unit: unit, raises a case: yes, case: case from subject}
          a.happened: {b: {optional: yes, choices: [y, x]}, a: text}
        timezone: UTC
        pack: t
        effective: {until: 2030-01-01, from: 2026-01-01}
        """) == dedent("""\
        pack: t
        effective: {from: 2026-01-01, until: 2030-01-01}
        timezone: UTC

        vocabulary:
          z.happened: {raises a case: yes, unit: unit, case: case from subject}
          a.happened:
            b: {choices: [y, x], optional: yes}
            a: text

        rules: []
        """)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.form.keys and f"{k.word} {'/'.join(k.marks)}".strip())
def test_every_key_of_a_rule_has_its_place(kind) -> None:  # type: ignore[no-untyped-def]
    order = order_of(kind)
    assert sorted(order) == sorted(kind.form.keys)
    assert order[:5] == (kind.word, "title", "source", "draft", "effective")
    assert order[5] in ((kind.start,) if kind.start else ("each", "every", "at every instant"))
    assert order[-2:] == ("answers", "report")


def test_other_limits_follow_the_limit() -> None:
    assert one_form("""\
        rules:
          - breach: {points: -2, severity: grave}
            during b: {within: 1h}
            期间 a: {within: 2h}
            within: 3h
            duty: d
            unheard of: x
        """) == dedent("""\
        rules:
          - duty: d
            within: 3h
            during b: {within: 1h}
            期间 a: {within: 2h}
            breach: {severity: grave, points: -2}
            unheard of: x
        """)


def test_a_comment_goes_with_what_it_is_about() -> None:
    assert one_form("""\
        # This file.

        # About the zone.
        timezone: UTC # utc
        pack: t
        rules:
        # Before the first rule.
        - # Behind the dash.
          when: a   # start

          # About the duty.
          duty: x
          # At the end of the duty.
        # Before the second rule.

        - duty: y
          same: [ a, # first
                  # above b
                  b ]
          within:
            # above the value
            2h
          where: >-   # folded
            size > 1
        # At the end of the file.
        """) == dedent("""\
        # This file.

        pack: t
        # About the zone.
        timezone: UTC  # utc

        rules:
          # Before the first rule.
          # Behind the dash.
          # About the duty.
          - duty: x
            when: a  # start
            # At the end of the duty.

          # Before the second rule.

          - duty: y
            where: size > 1  # folded
            same:
              - a  # first
              # above b
              - b
            # above the value
            within: 2h
        # At the end of the file.
        """)


def test_a_comment_that_is_indented_stays_in_its_block() -> None:
    is_formed("""\
        vocabulary:
          a.happened: {unit: unit}
          # b.happened: {unit: unit}

        # What follows.
        parameters:
          # a limit
          limit: 2h

          # Another paragraph.

          other: 3h
        """)


def test_brackets_only_where_all_fits_and_nothing_would_need_quotes_for_them() -> None:
    is_formed("""\
        vocabulary:
          a.happened: {case: case from subject, place: [a, b], more: []}
          b.happened:
            case: case from subject
            by: instant, optional
          c.happened: {}

        rules:
          - duty: d
            where: table[place] > 1
            same: ["a, b", c]
            within:
              - where: place is a
                limit: table[place]
              - {where: place is b, limit: 2h}
              - otherwise: 1h
        """)
    long = ", ".join(f"choice_{n}" for n in range(12))
    assert one_form(f"vocabulary:\n  a.happened: {{kind: [{long}]}}\n").count("\n") == 1 + 1 + 1 + 12


def test_the_last_column_that_a_line_may_take() -> None:
    for name, wide in (("n" * 50, "x"), ("甲" * 25, "乙")):
        text = f"sources:\n  {name}: {{title: {{}}}}\n"
        room = WIDTH - columns(text.splitlines()[1]) + 2
        fits, not_any_more = wide * (room // columns(wide)), wide * (room // columns(wide) + 1)
        assert one_form(text.replace("{}", fits)).count("\n") == 2
        assert one_form(text.replace("{}", not_any_more)).count("\n") == 3


@pytest.mark.parametrize(("written", "formed"), [
    ("1.10", "1.10"), ("2:00", "2:00"), ("no", "no"), ("'no'", "no"), ("~", "~"),
    ("null", "null"), ("'null'", '"null"'), ('"5"', "5"), ("''", '""'), ("", ""),
    ("'a: b'", '"a: b"'), ("'a #b'", '"a #b"'), ("a#b", "a#b"), ("' a'", '" a"'), ("'[a'", '"[a"'), ("'- a'", '"- a"'),
    ("'[a, b]'", '"[a, b]"'), ("it's", "it's"), ("'it''s'", "it's"), ('"a\\"b"', 'a"b'), ("'\"a'", '"\\"a"'), ("'!a'", '"!a"'),
    ("'a：b'", "a：b"), ("'“a”'", '"“a”"'), ('"a\\tb"', '"a\\tb"'), ("|-\n  a\n  b", "|-\n  a\n  b"), ("|\n  a", "|\n  a"),
    ("'a\n\n  b'", "|-\n  a\n  b"), ('"a\\n"', "|\n  a"), ('"\\n a"', '"\\n a"'), ("|+\n  a\n\n", '"a\\n\\n\\n"'),
    (">-\n  a\n  b", "a b"), ("a\n  b", "a b"), ("C:\\d", "C:\\d"), ("'C: \\d'", '"C: \\\\d"'),
    ("'a, b'", '"a, b"'), ("a, b", "a, b"),
])
def test_quotes_only_where_they_are_needed(written: str, formed: str) -> None:
    assert one_form(f"title: {written}\n") == f"title: {formed}\n".replace(": \n", ":\n")


def test_a_long_condition_is_folded_before_and_and_or() -> None:
    one, two = "unit of post is bearer", "role of post in [principal, deputy-in-charge]"
    three = "no conduct.finding_upheld of the same case"
    assert one_form(f"rules:\n  - duty: d\n    provided: {one} and {two} and {three}\n") == (
        f"rules:\n  - duty: d\n    provided: >-\n      {one} and {two}\n      and {three}\n")
    is_formed(f"rules:\n  - duty: d\n    provided: {one} and {two}\n")
    assert one_form("title: " + "一" * 80 + "\n") == "title: " + "一" * 80 + "\n"


def test_line_ends_and_marks_of_other_systems_go() -> None:
    assert one_form("\ufeffpack: t\r\ntitle: a\r\n") == "pack: t\ntitle: a\n"
    assert one_form("pack: t") == "pack: t\n"
    assert one_form("---\npack: t\n...\n") == "pack: t\n"
    assert one_form("{title: x, pack: t}") == "pack: t\ntitle: x\n"


@pytest.mark.parametrize(("text", "said"), [
    ("units: []\n", "t.yaml:1:1: unknown-key: a rule file has no key `units`; "),
    ("- a\n", "t.yaml:1:1: wrong-kind: a rule file is a list; "),
    ("---\n", "t.yaml:2:1: empty-file: the file says nothing; "),
    ("pack: t\n规则包: t\n", "t.yaml:2:1: duplicate-key: `规则包` says the same as `pack`; keep one of the two"),
    ("rules: [{duty: d, when: a, 触发: b}]\n", "t.yaml:1:28: duplicate-key: `触发` says the same as `when`; keep one of the two"),
    ("rules: []\nvocabulary:\n  ? " + "a" * 1100 + "\n  : {}\n", "t.yaml:3:5: too-long: a key has 1,100 characters; shorten it"),
    ("a: *b\n", "t.yaml:1:4: alias: "),
])
def test_what_is_no_rule_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(said)) as found:
        formatted(text, "t.yaml")
    assert str(found.value).startswith(said)


def test_comments_are_found_wherever_they_stand() -> None:
    text = '# a\ntitle: "# no"  # b\nx: [a, # c\n  b#no]# d\ny: |# e\n  # no\n # f\nz: \'# no\' # g'
    tree = parse(text, "t.yaml")
    assert isinstance(tree, Mapping)
    assert sorted(commented(text, tree).comments()) == [f"# {letter}" for letter in "abcdefg"]

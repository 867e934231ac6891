"""The one form of a rule file. In: its text. Out: the same policy and the same comments, as everybody writes it.

The writer is our own because a round trip through ruamel.yaml loses comments between brackets, leaves a comment where its key was
when keys change their order, and takes `1.10` for a number.
"""

from __future__ import annotations

from collections.abc import Iterator

from accountability.document import Block, Mapping, Node, Page, Reading, Scalar, commented, laid_out, parse
from accountability.errors import Diagnostic, FormatFault, RuleFileError
from accountability.policy.keywords import Script, in_chinese
from accountability.policy.order import CHECKLISTS, english, in_order
from accountability.policy.pack import HEADER, SECTIONS, canonical
from accountability.policy.spelling import is_chinese, read_as_english, respelled

LONGEST_KEY = 1000
"""YAML looks for the colon behind a key in 1,024 characters, quotes and escapes included."""


def formatted(text: str, file: str = "rules.yaml", keywords: Script | None = None) -> str:
    """The rule file *text* in its one form, with its keywords in English or Chinese where *keywords* says so.

    The policy stays the same with the same digest, and every comment stays. Raises DocumentError with every reason for which the
    text is no rule file, and FormatFault where the result would not read back.
    """
    root = parse(text, file)
    if not isinstance(root, Mapping) or (found := list(_mistakes(root))):
        raise RuleFileError(found if isinstance(root, Mapping) else _no_mapping(root))
    tree: Node = root
    for script in ("en", keywords) if keywords is not None else ():
        tree = respelled(tree, script)
    assert isinstance(tree, Mapping)
    tree = in_order(tree)
    page = commented(text, tree)
    _space(page)
    done = laid_out(page)
    again = parse(done, file)
    if not isinstance(again, Mapping) or canonical(again) != canonical(tree) or (
            sorted(commented(done, again).comments()) != sorted(page.comments())):
        raise FormatFault(file)
    return done


def _space(page: Page) -> None:
    """A blank line before every section, rule and scenario, none among their keys; named conditions line by line."""
    for part in page.body.parts:
        assert part.key is not None
        word = english(part.key)
        part.spaced = word in SECTIONS[1:]
        if part.spaced and isinstance(part.value, Block):
            part.value.open = True
            for rule in part.value.parts if word in ("rules", "scenarios") else ():
                rule.spaced = True
                if isinstance(rule.value, Block):
                    rule.value.open = True
                    _space_rule(rule.value)


def _space_rule(rule: Block) -> None:
    for part in rule.parts:
        part.spaced = False
        if isinstance(part.value, Block) and part.key is not None and english(part.key) in CHECKLISTS:
            part.value.open = len(part.value.parts) > 1


def _mistakes(root: Mapping) -> Iterator[Diagnostic]:
    """Why a text that is YAML is no rule file, or could not be written."""
    tree = read_as_english(root)
    reading = Reading(in_chinese, is_chinese([tree]))
    reading.mapping(tree, "a rule file", (*HEADER, *SECTIONS))
    for node in _below(tree):
        reading.mapping(node, "a mapping")
        for key, _ in node.entries:
            if len(ascii(key.text)) > LONGEST_KEY:
                reading.fail(key.span, "too-long", f"a key has {len(key.text):,} characters", "shorten it")
    yield from dict.fromkeys(reading.diagnostics)


def _below(node: Node) -> Iterator[Mapping]:
    """Every mapping of a tree."""
    if isinstance(node, Mapping):
        yield node
    if not isinstance(node, Scalar):
        for part in [v for _, v in node.entries] if isinstance(node, Mapping) else node.items:
            yield from _below(part)


def _no_mapping(node: Node) -> list[Diagnostic]:
    if isinstance(node, Scalar) and not node.text and not node.quoted:
        return [Diagnostic(node.span, "empty-file", "the file says nothing", "write its first key")]
    reading = Reading()
    reading.mapping(node, "a rule file")
    return reading.diagnostics

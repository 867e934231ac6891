"""From a pack on disk to a checked Policy. In: a folder of rule files, or one file. Out: a Policy, or every diagnostic at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from accountability import document
from accountability.document import Mapping, Node, Reading, Scalar, Sequence
from accountability.errors import Diagnostic, DocumentError, RuleFileError, Span
from accountability.policy.amounts import Defaults, read_effective, read_hours, read_work_calendar
from accountability.policy.checks import check_rules, expressions_of
from accountability.policy.clauses import Pack, Unread, read_triggers
from accountability.policy.expression import ParameterRef, walk
from accountability.policy.keywords import in_chinese
from accountability.policy.model import Made, Policy, Rule, Trigger, digest_of
from accountability.policy.rules import KEYS, RuleReader, conclusions_of, fields_of_event
from accountability.policy.sections import (
    read_parameters,
    read_periods,
    read_responsibility,
    read_sources,
    read_vocabulary,
)
from accountability.policy.spelling import is_chinese, read_as_english, respelled, rule_in_english

HEADER = ("pack", "title", "effective", "timezone", "calendar", "roll", "business hours", "unknown events")
SECTIONS = ("title", "sources", "vocabulary", "parameters", "periods", "responsibility", "rules")
NOT_RULES = ("organisation.yaml", "mapping.yaml")


def read_rules(path: str | Path) -> Policy:
    """The policy in the pack at *path*: a folder with `pack.yaml` and other rule files, or one file with both.

    Raises RuleFileError with every mistake of every file, in order; warnings are kept on the policy.
    """
    files = list(_files(Path(path)))
    return _build(files, Path(path) if Path(path).is_dir() else Path(path).parent)


def read_rules_text(text: str, file: str = "rules.yaml") -> Policy:
    """The policy in *text*, one file. Raises RuleFileError."""
    try:
        return _build([(file, document.parse(text, file))], Path(file).parent)
    except RuleFileError:
        raise
    except DocumentError as error:
        raise RuleFileError(error.diagnostics) from None


def _files(path: Path) -> Iterator[tuple[str, Node]]:
    start = Span(str(path), 1, 1, 1, 1)
    paths = [path]
    if path.is_dir():
        head = path / "pack.yaml"
        if not head.exists():
            raise RuleFileError([Diagnostic(start, "no-pack", "the folder has no `pack.yaml`",
                                            "name a folder that holds one, or a rule file")])
        paths = [head, *sorted(p for p in path.glob("*.yaml") if p != head and p.name not in NOT_RULES)]
    elif not path.exists():
        raise RuleFileError([Diagnostic(start, "no-pack", "there is no such file or folder",
                                        "name a pack, such as `rules/boston-311`")])
    found: list[Diagnostic] = []
    for one in paths:
        try:
            yield str(one), document.read(one)
        except DocumentError as error:
            found.extend(error.diagnostics)
    if found:
        raise RuleFileError(found)


@attrs.frozen
class Draft:
    """A rule before it is read: its kind, name, node and what it waits for."""

    kind: str
    name: Scalar
    node: Mapping
    waits_for: tuple[Trigger, ...]
    index: int


def _build(files: list[tuple[str, Node]], folder: Path) -> Policy:
    as_written, files = files, [(name, read_as_english(node)) for name, node in files]
    reading = Reading(in_chinese, is_chinese([node for _, node in files]))
    head, sections = _sections(files, reading)
    pack = _defaults(head, folder, reading)
    for node in sections["vocabulary"]:
        read_vocabulary(node, reading, pack.vocabulary)
    for node in sections["parameters"]:
        read_parameters(node, reading, pack.parameters)
    for node in sections["sources"]:
        read_sources(node, reading, pack.sources)
    for node in sections["responsibility"]:
        read_responsibility(node, reading, pack.responsibility)
    for node in sections["periods"]:
        read_periods(node, reading, pack.vocabulary, pack.periods)
    pack.fields.update({Trigger(Made.EVENT, n): fields_of_event(t) for n, t in pack.vocabulary.items()})
    rules = [rule for draft in _ordered(_drafts(sections["rules"], reading), reading) if (rule := _read(draft, pack)) is not None]
    strict = reading.keyword(head.get("unknown events"), "«unknown events»", ("refuse", "ignore"), "write «refuse» or «ignore»")
    policy = Policy(pack=reading.text(head.get("pack"), "«pack»") or "", title=reading.text(head.get("title"), "«title»") or "",
                    zone=pack.defaults.zone, strict=strict != "ignore", sources=pack.sources, vocabulary=pack.vocabulary,
                    parameters=pack.parameters, periods=pack.periods, responsibility=pack.responsibility, rules=tuple(rules),
                    digest=hashlib.sha256("\n".join(canonical(respelled(n, "en")) for _, n in as_written).encode()).hexdigest())
    reading.written.clear()
    found = [*reading.diagnostics, *(map(reading.worded, check_rules(policy)) if not reading.diagnostics else ())]
    if any(d.severity == "error" for d in found):
        raise RuleFileError(d for d in found if d.severity == "error")
    return attrs.evolve(policy, warnings=tuple(found))


def _sections(files: list[tuple[str, Node]], reading: Reading) -> tuple[dict[str, Node], dict[str, list[Node]]]:
    head: dict[str, Node] = {}
    sections: dict[str, list[Node]] = {name: [] for name in SECTIONS}
    for number, (_, node) in enumerate(files):
        known = (*HEADER, *SECTIONS) if number == 0 else SECTIONS
        entries = reading.mapping(node, "a rule file", known, ("pack", "timezone") if number == 0 else ())
        if number == 0:
            head = entries
        for name in SECTIONS:
            if name in entries:
                sections[name].append(entries[name])
    return head, sections


def _defaults(head: dict[str, Node], folder: Path, reading: Reading) -> Pack:
    zone = reading.zone(head.get("timezone"), "«timezone»") or ZoneInfo("UTC")
    roll = bool(reading.boolean(head.get("roll"), "«roll»"))
    defaults = Defaults(zone, read_work_calendar(head.get("calendar"), folder, reading), roll,
                        read_hours(head.get("business hours"), reading, zone))
    if "effective" in head:
        defaults.effective = read_effective(head["effective"], reading)
    return Pack(reading, folder, defaults)


def _drafts(nodes: list[Node], reading: Reading) -> list[Draft]:
    drafts: list[Draft] = []
    names: set[str] = set()
    for node in nodes:
        for item in reading.items(node, "«rules»"):
            if not isinstance(item, Mapping):
                reading.wrong_kind(item, "a rule", "«duty: NAME» and its keys, indented below it")
                continue
            kinds = [k for k, _ in item.entries if k.text in KEYS and item.get(k.text) is not None]
            if not kinds:
                reading.fail(item.span, "no-kind", "a rule does not say what kind it is",
                             "begin it with one of " + ", ".join(f"«{k}:»" for k in KEYS))
                continue
            name = item.get(kinds[0].text)
            if reading.text(name, "the name of a rule") is None or not isinstance(name, Scalar):
                continue
            if name.text in names:
                reading.fail(name.span, "duplicate-name", f"two rules are named `{name.text}`", "rename one of them")
                continue
            names.add(name.text)
            silent = Reading()
            waits = tuple(t for k in ("when", "count", "must", "joined with") for t in read_triggers(item.get(k), k, silent))
            drafts.append(Draft(kinds[0].text, name, item, waits, len(drafts)))
    return drafts


def _ordered(drafts: list[Draft], reading: Reading) -> Iterator[Draft]:
    """Every rule after those it waits for; a circle is written down once, and its rules are not read."""
    names = {d.name.text for d in drafts}
    done: set[str] = set()
    left = list(drafts)
    while left:
        ready = [d for d in left if all(t.rule is None or t.rule in done or t.rule not in names for t in d.waits_for)]
        if not ready:
            circle = " → ".join(f"`{d.name.text}`" for d in left)
            reading.fail(left[0].name.span, "circular-derivation", f"these rules wait for each other: {circle}",
                         "let one of them start from an event")
            return
        for draft in ready:
            yield draft
            done.add(draft.name.text)
            left.remove(draft)


def _read(draft: Draft, pack: Pack) -> Rule | None:
    try:
        reader = RuleReader(draft.kind, draft.name, draft.node, pack)
    except Unread:
        pack.unread.add(draft.name.text)
        return None
    rule = reader.read()
    pack.fields.update(conclusions_of(rule, reader.trigger))
    used = sorted({e.name for tree in expressions_of(rule) for e in walk(tree) if isinstance(e, ParameterRef)})
    text = canonical(rule_in_english(draft.node)) + "".join(repr(pack.parameters[n].versions) for n in used)
    since = rule.effective.since
    return attrs.evolve(rule, index=draft.index, version=f"{since.isoformat() if since else 'undated'}#{digest_of(text)}")


def canonical(node: Node) -> str:
    """The content of a node without its place: what a digest is taken over, once its keywords are in one spelling."""
    if isinstance(node, Scalar):
        return repr(node.text)
    if isinstance(node, Sequence):
        return "[" + ",".join(map(canonical, node.items)) + "]"
    return "{" + ",".join(f"{k.text!r}:{canonical(v)}" for k, v in sorted(node.entries, key=lambda e: e[0].text)) + "}"

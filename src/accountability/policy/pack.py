"""From a pack on disk to a checked Policy. In: a folder of rule files, or one file. Out: a Policy, or every diagnostic at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from accountability import document
from accountability.document import Mapping, Node, Reading, Scalar, Sequence
from accountability.errors import DocumentError, RuleFileError, closest
from accountability.policy.amounts import Defaults, FindCalendar, read_effective, read_work_calendar
from accountability.policy.checks import check_rules
from accountability.policy.clauses import ClauseReader
from accountability.policy.declarations import Pack
from accountability.policy.emptiness import empty_in, refuse
from accountability.policy.expression import And, Expression, FieldRef, InForce, LastOf, ParameterRef, SameKey, walk
from accountability.policy.files import read_files
from accountability.policy.forms import INVARIANT
from accountability.policy.hours import read_hours
from accountability.policy.keywords import in_chinese
from accountability.policy.kinds import Effect, Ladder, Rule, kind_of
from accountability.policy.kinds.effect import read as read_effect
from accountability.policy.kinds.ladder import expand
from accountability.policy.model import Policy, digest_of
from accountability.policy.precedence import Draft, bars_of, drafts_of, ordered, with_bars
from accountability.policy.rule import Made, Trigger
from accountability.policy.sections import (
    FILE,
    fields_of_event,
    read_parameters,
    read_periods,
    read_responsibility,
    read_sources,
    read_vocabulary,
)
from accountability.policy.spelling import is_chinese, read_as_english, respelled, rule_in_english
from accountability.policy.triggers import Unread
from accountability.policy.vocabulary import UNIT
from accountability.workdays import find_calendar

SECTIONS = ("title", "sources", "vocabulary", "parameters", "periods", "responsibility", "rules", "invariants", "scenarios")
HEADER = tuple(key for key in FILE.keys if key not in SECTIONS[1:])
LOST = ("draft", "effective", "calendar", "roll", "business hours", "unknown events")
"""What the head of a pack says for all of its rules. A pack that others import must say it in each of them."""


def read_rules(path: str | Path) -> Policy:
    """The policy in the pack at *path*: a folder with `pack.yaml` and other rule files, or one file with both; and what it imports.

    Raises RuleFileError with every mistake of every file, in order; warnings are kept on the policy.
    """
    files = read_files(Path(path))
    return _build(files, Path(path) if Path(path).is_dir() else Path(path).parent)


def read_rules_text(text: str, file: str = "rules.yaml", *, warn: bool = True) -> Policy:
    """The policy in *text*, one file. Raises RuleFileError. *warn* as in `read_rules_texts`."""
    return read_rules_texts([(file, text)], partial(find_calendar, base=Path(file).parent), warn=warn)


def read_rules_texts(texts: Iterable[tuple[str, str]], find: FindCalendar, *, warn: bool = True) -> Policy:
    """The policy in files given by name and text, the first with the header; *find* gives its calendars. Raises RuleFileError.

    Packs that it imports come after its own files, each with its header first. Without *warn* the policy is the same, quicker, and
    has no warnings of the checks.
    """
    try:
        return read_rules_trees([(file, document.parse(text, file)) for file, text in texts], find, warn=warn)
    except RuleFileError:
        raise
    except DocumentError as error:
        raise RuleFileError(error.diagnostics) from None


def read_rules_trees(files: list[tuple[str, Node]], find: FindCalendar, *, warn: bool = True) -> Policy:
    """As `read_rules_texts`, of files that were parsed before. Raises RuleFileError."""
    return _build(files, Path(files[0][0]).parent, find, warn)


def _build(files: list[tuple[str, Node]], folder: Path, find: FindCalendar | None = None, warn: bool = True) -> Policy:
    as_written, files = files, [(name, read_as_english(node)) for name, node in files]
    reading = Reading(in_chinese, is_chinese([node for _, node in files]))
    imported = _imported(files)
    head, sections = _sections(files, imported, reading)
    pack = _defaults(head, find or partial(find_calendar, base=folder), reading)
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
    ladders, written = _written(sections["rules"], reading)
    drafts = drafts_of(written, reading)
    pack.bars.update({d.name.text: bars_of(d) for d in drafts})
    rules = [rule for draft in ordered(with_bars(drafts, pack), reading) if (rule := _read(draft, pack)) is not None]
    invariants = [i for node in sections["invariants"] for i in _invariants(node, pack)]
    scenarios = [item for node in sections["scenarios"] for item in reading.items(node, "«scenarios»")]
    names = {draft.name.text for draft in drafts}
    for rule in rules:
        for name in (n for n in rule.defeats if n not in names):
            reading.fail(rule.span, "unknown-rule", f"`{rule.name}` defeats `{name}`, and there is no such rule",
                         closest(name, names - {rule.name}))
    strict = reading.keyword(head.get("unknown events"), "«unknown events»", ("refuse", "ignore"), "write «refuse» or «ignore»")
    policy = Policy(pack=reading.text(head.get("pack"), "«pack»") or "", title=reading.text(head.get("title"), "«title»") or "",
                    zone=pack.defaults.zone, strict=strict != "ignore", sources=pack.sources, vocabulary=pack.vocabulary,
                    parameters=pack.parameters, periods=pack.periods, responsibility=pack.responsibility, rules=tuple(rules),
                    ladders=ladders, invariants=tuple(invariants), scenarios=tuple(scenarios), folder=folder,
                    places={(section, key.text): key.span for section, nodes in sections.items() for node in nodes
                            if isinstance(node, Mapping) for key, _ in node.entries},
                    chinese=is_chinese([node for name, node in files if name not in imported]),
                    imported=imported, imports=tuple(
                        n.text for f, node in files if f in imported and isinstance(node, Mapping)
                        and isinstance(n := node.get("pack"), Scalar)),
                    digest=hashlib.sha256("\n".join(canonical(respelled(n, "en")) for _, n in as_written).encode()).hexdigest())
    refuse((empty for _, node in files for empty in empty_in(node)), reading)
    reading.written.clear()
    checked = check_rules(policy, warn=warn) if not reading.diagnostics else ()
    found = [*dict.fromkeys(reading.diagnostics), *map(reading.worded, checked)]
    if any(d.severity == "error" for d in found):
        raise RuleFileError(d for d in found if d.severity == "error")
    return attrs.evolve(policy, warnings=tuple(found))


def _imported(files: list[tuple[str, Node]]) -> frozenset[str]:
    """The files that belong to other packs: from the second header on."""
    heads = [n for n, (_, node) in enumerate(files) if _has_head(node)]
    return frozenset(name for name, _ in files[heads[1]:]) if len(heads) > 1 else frozenset()


def _has_head(node: Node) -> bool:
    return isinstance(node, Mapping) and node.get("pack") is not None


def _sections(files: list[tuple[str, Node]], imported: frozenset[str],
              reading: Reading) -> tuple[dict[str, Node], dict[str, list[Node]]]:
    head: dict[str, Node] = {}
    sections: dict[str, list[Node]] = {name: [] for name in SECTIONS}
    for number, (file, node) in enumerate(files):
        heads = number == 0 or (file in imported and _has_head(node))
        entries = reading.mapping(node, "a rule file", (*HEADER, *SECTIONS) if heads else SECTIONS,
                                  ("pack", "timezone") if heads else ())
        if number == 0:
            head = entries
            if reading.items(entries.get("imports"), "«imports»") and not imported:
                reading.fail(entries["imports"].span, "unknown-import", "what the pack imports is not there",
                             "read the pack from its folder, or give the files of what it imports after its own")
        for key in LOST if file in imported else ():
            if key in entries:
                reading.fail(entries[key].span, "import-loses-default", f"an imported pack sets «{key}» for all of its rules",
                             "say it in each of its rules, or in the pack that imports it: imported rules are read as its own")
        for name in SECTIONS:
            if name in entries and not (name in ("title", "scenarios") and file in imported):
                sections[name].append(entries[name])
    return head, sections


def _defaults(head: dict[str, Node], find: FindCalendar, reading: Reading) -> Pack:
    zone = reading.zone(head.get("timezone"), "«timezone»") or ZoneInfo("UTC")
    roll = bool(reading.boolean(head.get("roll"), "«roll»"))
    defaults = Defaults(zone, read_work_calendar(head.get("calendar"), find, reading), roll,
                        read_hours(head.get("business hours"), reading, zone))
    defaults.draft = bool(reading.boolean(head.get("draft"), "«draft»"))
    if "effective" in head:
        defaults.effective = read_effective(head["effective"], reading)
    return Pack(reading, find, defaults)


def _written(nodes: list[Node], reading: Reading) -> tuple[tuple[Ladder, ...], list[Mapping]]:
    """The rules as they are written, but in place of every ladder those that it means."""
    ladders: list[Ladder] = []
    found: list[Mapping] = []
    for item in (item for node in nodes for item in reading.items(node, "«rules»")):
        if not isinstance(item, Mapping):
            reading.wrong_kind(item, "a rule", "«duty: NAME» and its keys, indented below it")
        elif item.get("ladder") is not None:
            ladder, parts = expand(item, reading)
            ladders += [ladder] if ladder is not None else []
            found += parts
        else:
            found.append(item)
    return tuple(ladders), found


def _read(draft: Draft, pack: Pack) -> Rule | None:
    keys = [k.text for k, _ in draft.node.entries]
    kind = kind_of(draft.word, keys)
    prefixed = [k for k in keys if k.partition(" ")[0] in kind.form.prefixed and " " in k]
    node = _without_overlays(draft, pack.reading) if "during" not in kind.form.prefixed else draft.node
    entries = pack.reading.mapping(node, f"the {draft.word} `{draft.name.text}`", (*kind.form.keys, *prefixed),
                                   [k for k in kind.form.required if kind.form.instead.get(k) not in keys])
    try:
        reader = ClauseReader(draft.word, draft.name, entries, pack, kind.start, kind.moments)
        read = kind.read(reader)
    except Unread:
        pack.unread.add(draft.name.text)
        return None
    rule = _beaten(read, pack)
    pack.rules[rule.name] = rule
    made = kind.concludes(rule, dict(reader.trigger) | {"bearer": FieldRef("trigger", "bearer", UNIT)})
    pack.fields.update(made)
    pack.conclusions.update({str(trigger): fields for trigger, fields in made.items()})
    used = sorted({e.name for tree in rule.expressions() for e in walk(tree) if isinstance(e, ParameterRef)})
    dated = sorted({(period.name, period.declared) for period in rule.periods() if period.declared})
    asked = (*(pack.parameters[n].versions for n in used), *dated)
    text = canonical(rule_in_english(draft.node)) + "".join(map(repr, asked))
    since = rule.effective.since
    return attrs.evolve(rule, index=draft.index, version=f"{since.isoformat() if since else 'undated'}#{digest_of(text)}")


def _invariants(node: Node, pack: Pack) -> Iterator[Effect]:
    """What must never be concluded: each as an effect that nobody decides, looked for where a policy is tested."""
    if not isinstance(node, Mapping):
        pack.reading.wrong_kind(node, "«invariants»", "`NAME: {never: …}` lines")
        return
    for name, body in node.entries:
        entries = pack.reading.mapping(body, f"the invariant `{name.text}`", tuple(INVARIANT.keys), INVARIANT.required)
        try:
            reader = ClauseReader("invariant", name, entries, pack, "never", ("trigger",))
        except Unread:
            continue
        yield read_effect(reader)


def _without_overlays(draft: Draft, reading: Reading) -> Mapping:
    """The rule without what it says of periods: they change what a duty asks for, and nothing else (SG4)."""
    for key, _ in draft.node.entries:
        if key.text.startswith("during "):
            reading.fail(key.span, "overlay-beyond-duties", f"the {draft.word} `{draft.name.text}` changes in a period",
                         "let periods change limits of duties, nothing else (SG4)")
    kept = tuple((k, v) for k, v in draft.node.entries if not k.text.startswith("during "))
    return attrs.evolve(draft.node, entries=kept)


def _beaten(rule: Rule, pack: Pack) -> Rule:
    """*rule* with the rules that defeat it. They must wait for all that it waits for, or nobody could say which goes first."""
    found = []
    for other in pack.rules.values():
        if rule.name not in other.defeats or (other.draft and not rule.draft):
            continue
        if not {*rule.when} <= {*other.when} or type(rule).__name__ != type(other).__name__:
            pack.reading.fail(other.span, "defeat-without-common-ground",
                              f"`{other.name}` defeats `{rule.name}`, which is another kind of rule or waits for something else",
                              "let both wait for the same")
        if getattr(rule, "bearer", None) != getattr(other, "bearer", None) and any(map(_names_bearer, walk(other.guard))):
            # Its condition is asked about the bearer of the rule that yields.
            pack.reading.fail(other.span, "defeat-without-common-ground",
                              f"`{other.name}` asks about its bearer, and defeats `{rule.name}`, which has another",
                              "name the field or the unit that is meant in place of «bearer»")
        if other.beside is not None:
            # The condition under which it applies says nothing of what it waits for beside its trigger.
            made, field = "proposal" if isinstance(other, Effect) else "breach", (other.beside or ("bearer",))[0]
            pack.reading.fail(other.span, "defeat-without-common-ground",
                              f"`{other.name}` defeats `{rule.name}`, and concludes nothing where nothing is joined with it",
                              f"leave out «defeats», and say in `{rule.name}` where it yields: «unless: {{LABEL: any {made} of "
                              f"{other.name} of the same {field}}}»")
        in_force = InForce(other.effective.since, other.effective.until)
        found.append((other.name, in_force if other.guard is None else And((in_force, other.guard))))
    return attrs.evolve(rule, defeated_by=tuple(found)) if found else rule


def _names_bearer(part: Expression) -> bool:
    """Whether *part* of a condition is about whoever bears the rule."""
    match part:
        case FieldRef(name=name) | SameKey(field=name) | LastOf(key=name):
            return name == "bearer"
    return False


def canonical(node: Node) -> str:
    """The content of a node without its place: what a digest is taken over, once its keywords are in one spelling."""
    if isinstance(node, Scalar):
        return repr(node.text)
    if isinstance(node, Sequence):
        return "[" + ",".join(map(canonical, node.items)) + "]"
    # Of the periods of a rule the first that is open counts, so these keep their order.
    entries = sorted(node.entries, key=lambda e: "during " if e[0].text.startswith("during ") else e[0].text)
    return "{" + ",".join(f"{k.text!r}:{canonical(v)}" for k, v in entries) + "}"

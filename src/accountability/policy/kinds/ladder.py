"""`ladder`: ordered rungs of consequences. It means its parts, so it is read as them: for every rung an effect that proposes, and a
duty of the deciding body, whose breach is the late decision; with an appeal, a right of the unit and a duty to decide on that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from accountability.document import Mapping as MappingNode
from accountability.document import Node, Reading, Scalar
from accountability.errors import Span, closest
from accountability.policy.forms import (
    CONDITION,
    FIELD,
    FIELDS,
    LIMIT,
    NAME,
    SHARED,
    TEXT,
    TIERS,
    WEIGHT,
    Form,
    Many,
    Moment,
    Record,
    Triggers,
    Words,
)
from accountability.policy.kinds.effect import ENDING, STANDING

BEARER = re.compile(r"(?<![\w.-])(bearer|责任主体)(?![\w.-])")
APPEAL = Record({"source": NAME, "when": Triggers(), "within": TIERS, "provided": CONDITION, "to": FIELD, "decided by": Triggers(),
                 "decide within": TIERS}, ("when", "within", "decided by", "decide within"))
OWN: Mapping[str, Form] = {
    "title": TEXT, "source": NAME, "bearer": FIELD, "same": FIELDS, "decided in": FIELD, "decide within": TIERS,
    "follows": Words(("person", "post")), "ended by": ENDING, "quashed by": ENDING,
    "breach": WEIGHT, "answers": SHARED["answers"], "appeal": APPEAL,
}
"""What a rung may say for itself, or the ladder once for all of them."""
RUNG = Record(
    {"rung": TEXT, "title": TEXT, "source": NAME, "when": Triggers(), "where": CONDITION, "after": NAME, "within": LIMIT,
     "propose": TEXT, "on": Many(Moment(unit=True)), "decided by": Triggers(), "provided": CONDITION, "standing": STANDING,
     **{k: f for k, f in OWN.items() if k not in ("title", "source")}},
    ("rung", "when", "propose", "decided by", "standing"))
FORM = Record({"ladder": TEXT, **OWN, "draft": SHARED["draft"], "effective": SHARED["effective"], "report": SHARED["report"],
               "rungs": Many(RUNG, listed=True)}, ("rungs",))


@attrs.frozen
class Rung:
    """One rung, and the names of the rules that it means."""

    name: str
    effect: str
    """What is proposed, and stands once it is decided."""
    decision: str
    """The duty to decide in time."""
    after: str | None = None
    """The rung on which one must have stood before."""
    appeal: str | None = None
    """The right to appeal."""
    appeal_decision: str | None = None
    span: Span = attrs.field(eq=False, kw_only=True)


@attrs.frozen
class Ladder:
    """Rungs of consequences, the mildest first."""

    name: str
    title: str
    rungs: tuple[Rung, ...]
    span: Span = attrs.field(eq=False, kw_only=True)


class _Writer:
    """Writes the rules that the rungs of one ladder mean; their parts keep their places in the file."""

    def __init__(self, name: Scalar, entries: Mapping[str, Node], reading: Reading) -> None:
        self.name, self.common, self.reading = name, entries, reading
        self.above: list[str] = []
        self.rungs: list[Rung] = []
        self.rules: list[MappingNode] = []

    def rung(self, node: Node) -> None:
        """One rung more."""
        what = f"a rung of `{self.name.text}`"
        said = self.reading.mapping(node, what, tuple(RUNG.keys), RUNG.required)
        entries = {k: v for k, v in self.common.items() if k in OWN and k != "title"} | said
        name = entries.get("rung")
        if self.reading.text(name, "«rung»") is None or not isinstance(name, Scalar):
            return
        after = self.climbed(entries.get("after"), name)
        self.above.append(name.text)
        missing = [k for k in ("same", "decided in", "decide within") if k not in entries]
        for key in missing:
            self.reading.fail(node.span, "missing-key", f"{what} lacks «{key}»",
                              f"add «{key}: …» to the rung, or once for all to the ladder")
        appeal = self.reading.mapping(entries.get("appeal"), "«appeal»", tuple(APPEAL.keys), APPEAL.required)
        for provided in (said.get("provided"), appeal.get("provided")):
            if isinstance(provided, Scalar) and (match := BEARER.search(provided.text)):
                self.reading.fail(provided.part(*match.span()), "two-bearers",
                                  "«bearer» is here the unit that the measure is about, and also the body that decides",
                                  "name a field that holds the one you mean")
        if not missing and {*RUNG.required} <= {*said}:
            self.write(name, entries, after, appeal)

    def climbed(self, node: Node | None, name: Scalar) -> str | None:
        """The rung on which one must have stood before; it stands above in the file."""
        text = self.reading.text(node, "«after»")
        if node is None or text is None or text in self.above:
            return text
        rungs = (r.get("rung") for r in self.reading.items(self.common.get("rungs"), "«rungs»") if isinstance(r, MappingNode))
        if any(isinstance(r, Scalar) and r.text == text for r in rungs):
            self.reading.fail(node.span, "unreachable-rung", f"no way leads to `{name.text}`: `{text}` does not stand above it",
                              "write the rungs in the order in which they are climbed")
        else:
            self.reading.fail(node.span, "unknown-rung", f"the ladder has no rung `{text}`", closest(text, self.above))
        return None

    def write(self, name: Scalar, entries: Mapping[str, Node], after: str | None, appeal: Mapping[str, Node]) -> None:
        """The rules of a rung."""
        effect = f"{self.name.text} / {name.text}"
        said = ("title", "when", "where", "bearer", "propose", "on", "decided by", "provided", "standing", "follows", "ended by",
                "quashed by")
        self.add("effect", effect, name, entries, {k: entries.get(k) for k in said} | {
            "after": None if after is None else Scalar(f"standing of {self.name.text} / {after}", name.span),
            "within": entries.get("within")})
        self.decide(f"{effect} / decision", name, entries, f"proposal of {effect}", entries["decided by"], entries["decide within"],
                    entries["decided in"], entries.get("provided"))
        if {*APPEAL.required} <= {*appeal}:
            if "source" in appeal:
                entries = {**entries, "source": appeal["source"]}
            self.add("duty", f"{effect} / appeal", name, entries, {
                "when": Scalar(f"standing of {effect}", name.span), "bearer": Scalar("bearer", name.span), "may": appeal["when"],
                "provided": appeal.get("provided"), "within": appeal["within"], "again": Scalar("ignore", name.span)})
            self.decide(f"{effect} / appeal / decision", name, entries, f"discharge of {effect} / appeal", appeal["decided by"],
                        appeal["decide within"], appeal.get("to", entries["decided in"]), appeal.get("provided"))
        self.rungs.append(Rung(name.text, effect, f"{effect} / decision", after, f"{effect} / appeal" if appeal else None,
                               f"{effect} / appeal / decision" if appeal else None, span=name.span))

    def decide(self, rule: str, name: Scalar, entries: Mapping[str, Node], when: str, must: Node, within: Node, bearer: Node,
               provided: Node | None) -> None:
        """The duty of a body to decide in time. While it is open, another proposal of the same key opens no second one."""
        self.add("duty", rule, name, entries, {
            "when": Scalar(when, name.span), "bearer": bearer, "must": must, "provided": provided, "within": within,
            "again": Scalar("ignore", name.span), "answers": entries.get("answers"), "breach": entries.get("breach")})

    def add(self, word: str, rule: str, name: Scalar, entries: Mapping[str, Node], parts: Mapping[str, Node | None]) -> None:
        """One rule, with what all rules of a rung say alike."""
        alike = {"source": entries.get("source"), "same": entries["same"], "effective": self.common.get("effective"),
                 "draft": self.common.get("draft"),
                 "report": self.common.get("report")}
        found = {word: Scalar(rule, name.span), **alike, **parts}
        self.rules.append(MappingNode(tuple((Scalar(k, name.span), v) for k, v in found.items() if v is not None), name.span))


def expand(node: MappingNode, reading: Reading) -> tuple[Ladder | None, list[MappingNode]]:
    """The ladder at *node*, and the rules that it means, each as if it had been written; mistakes are written down."""
    name = node.get("ladder")
    if reading.text(name, "the name of a rule") is None or not isinstance(name, Scalar):
        return None, []
    entries = reading.mapping(node, f"the ladder `{name.text}`", tuple(FORM.keys), FORM.required)
    writer = _Writer(name, entries, reading)
    for item in reading.items(entries.get("rungs"), "«rungs»"):
        writer.rung(item)
    title = reading.text(entries.get("title"), "«title»") or ""
    return Ladder(name.text, title, tuple(writer.rungs), span=name.span), writer.rules

"""The forms that what is written under a key may have. Reader, spelling, formatter and schema all go by these."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen
class Plain:
    """One value of the author's own; *what* it is: `text`, `whole number`, `day`, `day of a year`, `time`, `limit`, `name`.

    Also `number`, `day or name`, `instant` (a day or a time of one), `organisation` (as its file has it, or where that is), and
    `anything`, which may be a list or keys.
    """

    what: str = "text"


@attrs.frozen
class Words:
    """One of these keywords; or, with *free*, also a value of the author's own, perhaps *expressed* by fields."""

    choices: tuple[str, ...]
    free: bool = False
    expressed: bool = False


@attrs.frozen
class Expressed:
    """An expression: a `condition`, a `limit`, an `instant` or a `number`."""

    what: str = "condition"


@attrs.frozen
class Triggers:
    """Event types or conclusions of other rules, joined by `or` or as a list."""


@attrs.frozen
class Moment:
    """`at MOMENT`, or `NAME at MOMENT`; with *unit*, also the keyword `unit`."""

    unit: bool = False


@attrs.frozen
class Phrase:
    """A value in which keywords stand among others: a `window`, a `declaration`, an `origin`, what is `above`."""

    what: str


@attrs.frozen
class Many:
    """A list of one form; one alone need not be a list, unless *listed*. With *empty*, nothing in it says something, too."""

    of: Form
    listed: bool = False
    empty: bool = False


@attrs.frozen
class Record:
    """Keys that are keywords, some of them *required*, and, with *rest*, names of the author's own beside them.

    *prefixed* holds keys that are a keyword and a name: `during PERIOD`. With *empty*, none of them says something, too.
    """

    keys: Mapping[str, Form] = attrs.field(factory=dict)
    required: tuple[str, ...] = ()
    rest: Form | None = None
    prefixed: Mapping[str, Form] = attrs.field(factory=dict)
    instead: Mapping[str, str] = attrs.field(factory=dict)
    """What may stand in place of a required key."""
    empty: bool = False

    def below(self, key: str) -> Form | None:
        """The form of what stands under *key*; None where no such key is known."""
        return self.keys.get(key) or self.prefixed.get(key.partition(" ")[0]) or self.rest


@attrs.frozen
class Either:
    """*scalar* where one value stands, *other* for a list or keys."""

    scalar: Form
    other: Form


Form = Plain | Words | Expressed | Triggers | Moment | Phrase | Many | Record | Either

TEXT, DAY, WHOLE, LIMIT, NAME = Plain(), Plain("day"), Plain("whole number"), Plain("limit"), Plain("name")
INSTANT, ANYTHING = Plain("instant"), Plain("anything")
YES = Words(("yes", "no"))
CONDITION, AMOUNT = Expressed(), Expressed("limit")
FIELD = Words(("bearer",), free=True)
FIELDS = Many(FIELD)
TIERS = Either(AMOUNT, Many(Record({"where": CONDITION, "limit": AMOUNT, "otherwise": AMOUNT}), listed=True))
EFFECTIVE = Record({"from": DAY, "until": DAY})
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BREAK = Record({"from": Plain("time"), "to": Plain("time")}, ("from", "to"))
OPENING = Record({"from": Plain("time"), "to": Plain("closing time"), "break": Many(BREAK)}, ("from", "to"))
WEEK: Mapping[str, Form] = {**OPENING.keys, **dict.fromkeys(WEEKDAYS, OPENING)}
YEARLY = Plain("day of a year")
BY_DATE = Record({"date": YEARLY, "first day": YEARLY, "last day": YEARLY, **WEEK}, ("date", *OPENING.required),
                 instead={"date": "first day"})
HOURS = Record({**WEEK, "by date": Many(BY_DATE), "timezone": TEXT}, OPENING.required)
WEIGHT = Record({"severity": TEXT, "points": WHOLE})
RUNS = Words(("all the time", "in business hours"))
RECKONING: Mapping[str, Form] = {
    "roll": YES, "calendar": TEXT, "clock starts": Words(("at once", "next opening", "next working day")),
    "clock runs": RUNS, "business hours": HOURS, "until close of business": YES,
}
LABELLED = Record(rest=Either(CONDITION, Record({"where": CONDITION, "source": NAME}, ("where",))))
PERIODS = Words(("calendar day", "calendar week", "calendar month", "calendar quarter", "calendar year"))
STATUSES = (
    "open", "met", "late", "missed", "void", "breach", "withdrawn", "proposed", "decided", "in force", "ended", "conditional",
    "lapsed", "passed", "refused", "reconsider", "quashed", "gap", "scored", "reached")
FINDING = Record({
    "rule": NAME, "about": TEXT, "status": Words(STATUSES), "unit": NAME, "since": INSTANT, "due": INSTANT, "due_date": DAY,
    "done": INSTANT, "overdue": TEXT, "ends": INSTANT, "post": NAME, "holder": NAME, "measure": TEXT, "severity": TEXT,
    "points": WHOLE, "members": Many(NAME, empty=True), "note": TEXT}, ("rule", "about", "status"), rest=ANYTHING)
CHECKPOINT = Record(
    {"as of": INSTANT, "known at": INSTANT, "findings": Many(FINDING, empty=True), "note": TEXT}, ("as of", "findings"))
SCENARIO = Record({
    "scenario": TEXT, "title": TEXT, "timezone": TEXT, "organisation": Plain("organisation"),
    "events": Many(Record({"at": INSTANT, "recorded": INSTANT, "id": TEXT}, ("at",), rest=ANYTHING), empty=True),
    "checkpoints": Many(CHECKPOINT),
}, ("scenario", "events", "checkpoints"))
"""A worked timeline, in a file of its own or in a pack."""
INVARIANT = Record(
    {"never": Triggers(), "where": CONDITION, "joined with": Triggers(), "same": FIELDS, "source": NAME}, ("never",))
"""What must never be concluded, alone or together."""
SHARED: Mapping[str, Form] = {
    "title": TEXT, "source": NAME, "draft": YES, "effective": EFFECTIVE, "where": CONDITION,
    "unless": LABELLED,
    "defeats": Many(NAME), "about": FIELD, "answers": Record(rest=Moment()), "report": Words(("all", "exceptions")),
}
"""What every rule may say."""

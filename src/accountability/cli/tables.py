"""What people see of a judgement: findings with due, how late and who answers; counts by rule and unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from accountability.conclusion import AGAINST, Answer, Conclusion, Judgement, Status, lateness
from accountability.policy.model import Policy


def show(console: Console, policy: Policy, judgement: Judgement, limit: int) -> None:
    """Prints the findings of *judgement* (the first *limit*; 0 for all), and the counts of every rule and of the *limit* units
    against which most stands."""
    _findings(console, policy, judgement, limit)
    if policy.drafts:
        _findings(console, policy, judgement, limit, drafts=True)
    _counts(console, policy, judgement, limit)


def _findings(console: Console, policy: Policy, judgement: Judgement, limit: int, drafts: bool = False) -> None:
    found = judgement.would if drafts else judgement.findings
    shown = found[:limit] if limit else found
    if shown:
        title = "drafts would have found" if drafts else "findings"
        table = Table(title=f"{title} as of {local(judgement.at, policy)}", title_justify="left")
        for column in ("rule", "about", "unit", "status", "due", "late by", "who answers"):
            table.add_column(column, overflow="fold")
        for f in shown:
            late = lateness(f, judgement.at, policy.zone)
            due = f.due_date.isoformat() if f.due_date else local(f.due, policy) if f.due else ""
            due += " (provisional)" if f.provisional else ""
            table.add_row(f.rule, f.subject, f.unit or "", status_of(f), due, duration(late) if late else "", who(f))
        console.print(table)
    left = len(found) - len(shown)
    if left:
        console.print(f"… and {left:,} more findings: `--limit 0` shows all, `--format jsonl` gives them to a program")
    if not found:
        console.print("drafts would have found nothing" if drafts else "no findings")


def _counts(console: Console, policy: Policy, judgement: Judgement, limit: int) -> None:
    statuses = [s for s in Status if any(k[2] is s for k in judgement.counts)]
    rows: dict[str, dict[str, dict[Status, int]]] = defaultdict(lambda: defaultdict(dict))
    for (rule, unit, status), number in judgement.counts.items():
        rows[rule][unit or ""][status] = number
    table = Table(title="counts by rule and unit", title_justify="left")
    for column in ("rule", "unit"):
        table.add_column(column)
    for column in (*statuses, "all"):
        table.add_column(column, justify="right")
    for name in (r.name for r in sorted(policy.rules, key=lambda r: r.index)):
        units = rows[name]
        against = {unit: sum(n for status, n in numbers.items() if status in AGAINST) for unit, numbers in units.items()}
        worst = [unit for _, unit in sorted((-number, unit) for unit, number in against.items())]
        shown = worst[:limit] if limit else worst
        for unit in sorted(shown):
            table.add_row(name, unit, *_numbers(units[unit], statuses))
        if len(shown) < len(units):
            table.add_row(name, f"{len(units) - len(shown):,} more", *_numbers(_sum(units[u] for u in worst[limit:]), statuses))
        if len(units) > 1:
            table.add_row(name, "all", *_numbers(_sum(units.values()), statuses), style="bold", end_section=True)
    if table.row_count:
        console.print(table)


def _sum(numbers: Iterable[Mapping[Status, int]]) -> dict[Status, int]:
    found: Counter[Status] = Counter()
    for each in numbers:
        found.update(each)
    return found


def _numbers(numbers: dict[Status, int], statuses: list[Status]) -> list[str]:
    return [f"{numbers[s]:,}" if numbers.get(s) else "" for s in statuses] + [f"{sum(numbers.values()):,}"]


def status_of(finding: Conclusion) -> str:
    """Its status, with the measure where it has one."""
    said = [finding.measure] if finding.measure else []
    said += [f"{name} {_detail(value)}" for name, value in finding.details if not isinstance(value, Mapping)]
    return f"{finding.status}: {', '.join(said)}" if said else str(finding.status)


def _detail(value: object) -> str:
    return " and ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def who(finding: Conclusion) -> str:
    """The posts that answer for *finding*, or that it is about, with their holders."""
    if finding.post:
        return f"{finding.post}: {finding.holder or 'vacant'}"
    return "; ".join(map(_answer, finding.answers))


def _answer(answer: Answer) -> str:
    notes = [*(["acting"] if answer.acting else []), *(["joint"] if answer.part == "joint" else []),
             *([f"for {' → '.join(answer.passed)}"] if answer.passed else [])]
    return f"{answer.post}: {answer.holder or 'vacant'}" + (f" ({', '.join(notes)})" if notes else "")


def local(instant: datetime, policy: Policy) -> str:
    """*instant* in the zone of *policy*, with its offset."""
    return instant.astimezone(policy.zone).isoformat(sep=" ", timespec="minutes" if not instant.second else "seconds")


def duration(span: timedelta) -> str:
    """*span* in days, hours and minutes, the two largest that say something."""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{n} {word}" for n, word in ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")) if n]
    return " ".join(parts[:2]) or "0 s"

"""`accountability check`, `accountability test` and `accountability doctor`."""

from __future__ import annotations

import platform
import secrets
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from accountability.cli.organising import vacancies
from accountability.cli.printing import say
from accountability.cli.refusing import WRONG, caution, complain
from accountability.cli.showing import CHOSEN, Language
from accountability.engine import cell
from accountability.engine.logic import availability
from accountability.errors import Diagnostic, DocumentError
from accountability.intake import read_mapping
from accountability.organisation import Organisation
from accountability.policy import Policy, read_rules
from accountability.policy.checks import check_beside
from accountability.policy.citing import list_for, misquoted, read_clauses
from accountability.policy.keywords import WORDS
from accountability.policy.messages import phrased
from accountability.policy.rendering.voice import Voice
from accountability.testing import Disagreement, reach, run_scenario, scenarios_of

DISAGREES = 1
SEEDS = 10**9
WAYS = {"meaning": "含义", "replay": "重放", "monitor": "监测", "invariants": "恒定要求"}
"""The three ways in which a scenario is played, and what it is held against besides, in Chinese."""
OPTIONAL = {"chinesecalendar": "calendars", "holidays": "calendars", "hypothesis": "testing", "numpy": "columnar",
            "pyarrow": "columnar", "z3-solver": "solver"}


def check(
    packs: Annotated[list[Path], typer.Argument(help="packs, rule files, or a folder of packs")],
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language in which mistakes are told")] = Language.EN,
) -> None:
    """Check rule files, organisation and mapping; every mistake with its place and the way out."""
    wrong, voice = False, Voice(lang.value)
    for pack in packs_at(packs):
        try:
            policy = read_rules(pack)
            warnings = [*policy.warnings, *_beside(pack, policy)]
        except DocumentError as error:
            wrong = True
            complain(error.diagnostics, lang.value)
            continue
        caution(warnings, lang.value)
        rules, more = len(policy.own.rules), len(warnings)
        say(f"{pack}: " + voice(f"{rules} rules, nothing wrong" + (f", {more} warnings" if more else ""),
                                f"{rules} 条规则，没有错误" + (f"，{more} 条警告" if more else "")))
    if wrong:
        raise typer.Exit(WRONG)


def test(
    packs: Annotated[list[Path], typer.Argument(help="packs or a folder of packs; their `scenarios/*.yaml` are played")],
    holes: Annotated[bool, typer.Option("--holes", help="also say what of each rule no scenario tries")] = False,  # noqa: PT028
    search: Annotated[int, typer.Option(min=0, help="look with so many histories for each invariant")] = 0,  # noqa: PT028
    seed: Annotated[int | None, typer.Option(min=0, help="of these histories; else a new one, which is told")] = None,  # noqa: PT028
    lang: Annotated[
        Language, typer.Option(envvar=CHOSEN, help="the language of what is told, and of a scenario that is found")
    ] = Language.EN,  # noqa: PT028
) -> None:
    """Play the scenarios of a pack through meaning, replay and monitor; with `--holes`, exit with 1 where something is untried.

    With `--search`, exit with 1 where a history breaks an invariant: the smallest is shown, as a scenario for the rule file.
    """
    wrong, voice = False, Voice(lang.value)
    if seed is None:
        seed = secrets.randbelow(SEEDS)
    for pack in packs_at(packs):
        policy = read_rules(pack)
        played = list(scenarios_of(pack, policy))
        if not played:
            say(voice(f"{pack}: no scenarios", f"{pack}: 没有情景"))
        for where, scenario in played:
            disagreements = list(run_scenario(policy, scenario))
            points, wrongs = len(scenario.checkpoints), len(disagreements)
            say(f"{where}: " + (
                voice(f"{points} checkpoints, {wrongs} disagreements", f"{points} 个检查点，{wrongs} 处不符") if disagreements
                else voice(f"{points} checkpoints, as expected", f"{points} 个检查点，均与预期相符")))
            for disagreement in disagreements:
                wrong = True
                _explain(disagreement, voice)
        if holes:
            goals = reach(policy, [scenario for _, scenario in played])
            untried = [goal for goal in goals if not goal.reached]
            wrong = wrong or bool(untried)
            rules, things, left = len(policy.own.rules), len(goals), len(untried)
            say(f"{pack}: " + voice(f"{things} things to try of {rules} rules, {left} not tried",
                                    f"{rules} 条规则，共有 {things} 项要试，{left} 项没有试到"))
            for goal in untried:
                say(f"  {goal.rule}" + voice(": ", "：") + goal.said(voice))
        if search:
            wrong = _search(pack, policy, search, seed, voice) or wrong
    if wrong:
        raise typer.Exit(DISAGREES)


def doctor(
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of what is told")] = Language.EN,
) -> None:
    """Say what this installation can do, and what is missing."""
    works, why = availability()
    voice, source = Voice(lang.value), str(cell.__file__).endswith(".py")
    say(f"python {platform.python_version()}")
    say(voice("engine: ", "引擎：") + (voice("run from source", "由源代码运行") if source else voice("compiled", "已编译")))
    say(voice("rule matcher: ", "规则匹配器：")
        + (why if works else voice("plain Python, because ", "纯 Python，原因是") + phrased("matcher", why, lang.value)))
    for package, extra in OPTIONAL.items():
        try:
            say(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            say(package + voice(": not installed; ", "：没有安装；") + f"`pip install 'accountability[{extra}]'`")


def packs_at(paths: list[Path]) -> Iterator[Path]:
    """Every one of *paths*; for a folder that is no pack, the packs in it."""
    for path in paths:
        inner = sorted(p.parent for p in path.glob("*/pack.yaml")) if path.is_dir() and not (path / "pack.yaml").exists() else []
        yield from inner or [path]


def _beside(pack: Path, policy: Policy) -> Iterator[Diagnostic]:
    """Checks the organisation and the mapping that lie in the pack, and what it cites; gives the warnings."""
    if (listed := list_for(pack)) is not None and (mistakes := list(misquoted(policy, read_clauses(listed)))):
        raise DocumentError(mistakes)
    if not pack.is_dir():
        return
    if (pack / "organisation.yaml").exists():
        organisation = Organisation.read(pack / "organisation.yaml", policy.zone)
        yield from organisation.warnings
        yield from check_beside(policy, organisation)
        yield from vacancies(organisation, policy.responsibility.values(), policy.zone)
    if (pack / "mapping.yaml").exists():
        read_mapping(pack / "mapping.yaml", policy.vocabulary)


def _search(pack: Path, policy: Policy, examples: int, seed: int, voice: Voice) -> bool:
    """Looks for histories that break an invariant, and tells each. Raises ExtraMissing without the extra `testing`."""
    # Not at the top: it needs an extra, and to load it takes as long as all the rest.
    from accountability.testing import breaks

    if not policy.invariants:
        say(f"{pack}: " + voice("no invariants, so there is nothing to search for", "没有恒定要求，无需搜索"))
        return False
    number, found = len(policy.invariants), 0
    for one in breaks(policy, examples=examples, seed=seed):
        found += 1
        say(f"{pack}: " + voice(f"the invariant `{one.invariant}` is broken, the smallest history that was found:",
                                f"恒定要求 `{one.invariant}` 被打破，找到的最小反例如下："))
        say(one.history.scenario(one.invariant, script="zh" if voice.script == "zh" else None), end="")
    say(f"{pack}: " + voice(
        f"{examples} histories for each of {number} invariants, seed {seed}: {found or 'none'} broken",
        f"{number} 条恒定要求，每条用 {examples} 段编造的经过来试，随机种子 {seed}："
        + (f"{found} 条被打破" if found else "无一被打破")))
    return found > 0


def _explain(disagreement: Disagreement, voice: Voice) -> None:
    at, engine = disagreement.at.isoformat(), disagreement.engine
    say(voice(f"  as of {at} by {engine}:", f"  截至 {at}，按{WAYS.get(engine, engine)}："))
    for expected in disagreement.missing:
        told = voice(str(expected), "，".join(f"{WORDS.get(k, k)}: {WORDS.get(v, v)}" for k, v in expected.told().items()))
        say(voice(f"    {expected.span}: expected and not found: {told}", f"    {expected.span}: 预期而没有的认定：{told}"))
    for found in disagreement.unexpected:
        since = found.since.isoformat()
        say(voice(f"    found and not expected: {found.rule}, {found.subject}, {found.status}, since {since}",
                  f"    有而未预期的认定：{found.rule}，{found.subject}，{WORDS[found.status]}，起于 {since}"))

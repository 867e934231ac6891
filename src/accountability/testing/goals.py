"""Goals: what there is to try of a rule, in words. Each is said in English and in Chinese, and whoever tells it chooses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from accountability.policy.expression import And, Constant, Expression, OneOf, Or, Parameter
from accountability.policy.keywords import trigger as in_script
from accountability.policy.rendering.expressions import phrase
from accountability.policy.rendering.voice import Voice
from accountability.policy.rule import Trigger
from accountability.workdays import Limit

ENGLISH, CHINESE = Voice("en"), Voice("zh")


@attrs.frozen
class What:
    """What there is to try. Two that read alike in English are the same."""

    english: str
    chinese: str = attrs.field(eq=False)


@attrs.frozen
class Goal:
    """Something to try of *rule*, in words (*what*, and the same *in_chinese*), and whether a scenario does."""

    rule: str
    what: str
    reached: bool
    in_chinese: str

    def said(self, voice: Voice) -> str:
        """What is to be tried, in the language of *voice*."""
        return voice(self.what, self.in_chinese)


USED, USED_LATE = What("used in time", "按时行使"), What("used too late", "逾期行使")
DONE, NOT_DONE = What("done in time", "按时履行"), What("not done in time", "未按时履行")
GAP = What("a gap", "出现缺口")
PASSED, REFUSED = What("passed", "通过"), What("refused", "被拒")
MERIT, BREACH = What("a merit", "记为功绩"), What("a breach", "构成违反")
PROPOSED, IN_FORCE = What("proposed", "已建议"), What("in force", "有效")
ENDED, QUASHED = What("ended", "已结束"), What("quashed", "已撤销")
SCORE = What("a score", "已评分")
NOT_REACHED = What("the number is not reached", "没有达到规定的数目")
NOT_JOINED = What("nothing to join it with", "没有可以连同的事项")
INSTANTS = (What("at its last instant", "正好到时"), What("just before it ends", "差一点到时"),
            What("just after it ended", "刚过时限"))
DAYS = (What("on its last day", "末日当天"), What("the day after", "末日的次日"))


def comes_in(trigger: Trigger) -> What:
    """That *trigger* comes in."""
    return What(f"`{trigger}` comes in", f"出现 `{in_script(str(trigger), 'zh')}`")


def outcomes_of(condition: Expression) -> tuple[What, What]:
    """That *condition* holds, and that it does not."""
    said = _phrase(condition)
    return What(f"{said.english}: yes", f"{said.chinese}：成立"), What(f"{said.english}: no", f"{said.chinese}：不成立")


def ways_of(condition: Expression) -> tuple[tuple[What, Expression], ...]:
    """That *condition* holds because of each of its alternatives, and what then holds."""
    said = _phrase(condition)
    return tuple((What(f"{said.english}: because {way.english}", f"{said.chinese}：因为{way.chinese}"), one)
                 for way, one in _alternatives(condition))


def _alternatives(condition: Expression) -> Iterator[tuple[What, Expression]]:
    """Each way in which an `or` or an `in` by which *condition* may hold can hold: in words, and what then holds."""
    if isinstance(condition, (And, Or)):
        for one in condition.parts:
            if isinstance(condition, Or):
                yield _phrase(one), one
            yield from _alternatives(one)
    elif isinstance(condition, OneOf):
        left = _phrase(condition.left)
        for option in condition.options:
            if isinstance(option, Constant):
                said = _phrase(option)
                yield (What(f"{left.english} is {said.english}", f"{left.chinese}为{said.chinese}"),
                       attrs.evolve(condition, options=(option,)))


def _phrase(tree: Expression) -> What:
    return What(phrase(tree, ENGLISH), phrase(tree, CHINESE))


def excepted(label: str) -> What:
    """That the exception *label* decides."""
    return What(f"except {label}", f"适用除外情形 `{label}`")


def gives_way(name: str) -> What:
    """That the rule *name* applies instead."""
    return What(f"gives way to {name}", f"因规则 `{name}` 优先而不适用")


def row(parameter: Parameter, since: date, key: str | None) -> What:
    """That the version of *parameter* from *since* on is read; of a table, the row *key*."""
    several, name = len(parameter.versions) > 1, f"`{parameter.name}`"
    return What(f"the parameter {name}" + f" as of {since}" * several + ("" if key is None else f", row `{key}`"),
                f"参数 {name}" + f"（自 {since} 起）" * several + ("" if key is None else f"，`{key}` 一行"))


def grade(name: str) -> What:
    """That the grade *name* is given."""
    return What(f"grade {name}", f"等次 `{name}`")


def side(limit: Limit | None, where: What) -> What:
    """That *limit*, or a due without one, is tried from the side *where*."""
    english, chinese = ("the due", "到期") if limit is None else (str(limit), f"期限 {CHINESE.limit(limit)}")
    return What(f"{english}: {where.english}", f"{chinese}：{where.chinese}")

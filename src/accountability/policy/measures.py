"""Words that say against whom a measure is meant. In: a text of a rule. Out: whether it holds people back, or blames an authority
(SG2, SG3, SG5, SG7, SG10).
"""

from __future__ import annotations

import re
import unicodedata

PEOPLE = re.compile(
    r"截访|接返|拦访|控访|堵访|拦卡堵截|零(?:上访|进京|非访|信访)|"
    r"(?<![a-z])(?:key[ _-]?(?:person|people)s?|zero[ _-]petitions?)(?![a-z])")
"""What is only ever done to people, or said of them."""
ALONE = re.compile(
    r"(?:每日|每周|每月|落实|完成|成功|措施|工作|人员|对象|责任|方案|及时|做好|到位|[\W_])*"
    r"(?:(?:劝返|稳控)(?:每日|每周|每月|落实|完成|成功|措施|工作|人员|对象|责任|方案|到位|[\W_])*)+|"
    r"(?:.*\W)?stability[ _-]control(?:\W.*)?")
"""What is meant of people in a pack on what people raise, unless it is said of something else: travellers in a flood, prices."""
HELD = re.compile(
    r"劝返|稳控|重点人(?!民|才|口)|拦截|接回|遣返|遣送|带回|送回|黑名单|训诫|拘留|看管|盯防|扣留|"
    r"(?<![a-z])(?:intercept|dissua|repatriat|black[ _-]?list|detain|detention|restrain|escorted|"
    r"(?:sent|send)[ _-]home|turned[ _-]back|persuaded?[ _-](?:back|to[ _-]return))")
"""What is also done to other things: it is meant of people where whoever raised a case is spoken of, or his case is handled."""
RAISED_BY = re.compile(r"访|(?<![a-z])(?:petition|complain)")
"""Words by which whoever raised a case is spoken of."""
GIVEN_UP = re.compile(
    r"息访|罢访|息诉|撤访|(?:信访|诉求|案件|投诉).{0,3}撤[回销诉]|"
    r"(?<![a-z])(?:cases?|petitions?|complaints?)[ ._-](?:was[ _-])?withdrawn?(?![a-z])")
"""What only whoever raised a case can do: give it up."""
AGAINST = re.compile(
    r"不得|禁止|严禁|不准|不许|防止|杜绝|纠正|反对|"
    r"(?<![a-z])(?:not?|never|without|stop|end|against|prohibit\w*|forbid\w*)(?![a-z])")
"""Words that turn the others round."""
BLAME = re.compile(
    r"批评|问责|追责|处分|处罚|约谈|扣分|诫勉|免职|撤职|降职|降级|记过|警告|黄牌|红牌|否决|取消|检讨|检查书|"
    r"(?<![a-z])(?:critici|blame|censur|reprimand|warning|(?:yellow|red)[ _-]card|sanction|disciplin|demot|dismiss|deduct|"
    r"penal|veto|disqualif|withdraw|admonish|hold[ _-]responsible|held[ _-]responsible)")
"""Words by which a measure is held against whom it is proposed for."""


RAISING = re.compile(
    r"(?:(?:越级|集体|重复|个体)?(?:上访|信访|来访)|(?:越级|集体|重复)访)(?:[._](?:发生|出现|提出|再次|升级))?|"
    r"(?:(?:越级|进京|赴京|到京|赴省|非正常|异常)(?:上访|信访|访)|非访|缠访|闹访)(?:[._](?:发生|出现|提出|再次|升级|登记|通报))?|"
    r"petitions?[ ._-](?:was[ _-])?(?:raised|made|lodged|brought|repeated|submitted|escalated)(?:[ _-]again)?|"
    r"complaints?[ ._-](?:was[ _-])?(?:raised|made|lodged|repeated)(?:[ _-]again)?|"
    r"(?:skip[ _-]level|mass|collective|irregular|repeat(?:ed)?)[ ._-]petitions?"
    r"(?:[ ._-](?:raised|made|registered|occurred|happened))?")
"""What events are called that say that somebody raised a case."""
COUNTS = re.compile(
    r"(?:越级|进京|赴京|赴省|非正常|集体|个体)?(?:上访|信访|来访|非访|访)(?:总)?(?:量|数|次数|人次|人数|批次|件次|件数|起数|户数)|"
    r"(?:total)?(?:numberof)?(?:the)?petition(?:s|er)?(?:s|count|counts|number|numbers|total|raised|received|visits)?")
"""What numbers are called that say how many cases people raised."""


def holds_back(text: str, raised: bool, handled: bool) -> bool:
    """Whether what *text* names is done to people; *raised*: in a pack on what people raise; *handled*: in a rule on that."""
    text = _plain(text)
    if AGAINST.search(text):
        return False
    people = PEOPLE.search(text) or (raised and ALONE.fullmatch(text))
    return bool(people or (HELD.search(text) and (handled or RAISED_BY.search(text))))


def gives_up(text: str) -> bool:
    """Whether *text* names that somebody gave up what he had raised."""
    return bool(GIVEN_UP.search(_plain(text)))


def is_raising(name: str) -> bool:
    """Whether an event of that name says that somebody raised a case."""
    return bool(RAISING.fullmatch(_plain(name)))


def counts_petitions(name: str) -> bool:
    """Whether a number of that name says how many cases people raised."""
    return bool(COUNTS.fullmatch(re.sub(r"[\W_]+", "", _plain(name))))


def blames(text: str) -> bool:
    """Whether a measure of that name stands against an authority."""
    return bool(BLAME.search(_plain(text)))


def _plain(text: str) -> str:
    """*text* in one spelling: no full-width letters, and a space where camelCase begins a word."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", text)).lower()

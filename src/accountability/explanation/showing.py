"""An explanation for people and programs: text, JSON, and one HTML page that needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape

from accountability.explanation.reason import Reason
from accountability.explanation.speaking import Speaker, plain
from accountability.explanation.why import Explanation
from accountability.explanation.whynot import WhyNot
from accountability.policy.keywords import Script

STYLE = """
body { font: 16px/1.55 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #1c1f23;
       background: #fff; max-width: 62rem; margin: 2.5rem auto; padding: 0 1.25rem }
h1 { font-size: 1.25rem; line-height: 1.4; border-bottom: 2px solid #1c1f23; padding-bottom: .6rem }
ul { list-style: none; padding-left: 1.1rem; margin: .15rem 0; border-left: 1px solid #c9ced6 }
h1 + ul { border: 0; padding: 0 }
h1 + ul > li { margin: .9rem 0 }
h1 + ul > li > span { font-weight: 600 }
li { margin: .2rem 0 }
footer { margin-top: 2.5rem; color: #5b6470; font-size: .85rem; overflow-wrap: anywhere }
@media print { body { margin: 0; max-width: none } }
"""


def as_text(explanation: Explanation | WhyNot, script: Script = "en") -> str:
    """*explanation* as lines of text, each reason indented below what it is a reason for; instants in the zone of the pack."""
    speaker = Speaker(script, explanation.policy.zone)
    return "\n".join(_lines(explanation.tree, speaker, 0)) + "\n"


def _lines(reason: Reason, speaker: Speaker, depth: int) -> Iterator[str]:
    yield "  " * depth + ("- " if depth else "") + speaker.say(reason)
    for part in reason.parts:
        yield from _lines(part, speaker, depth + 1)


def as_json(explanation: Explanation | WhyNot, script: Script = "en") -> str:
    """*explanation* as one JSON object: every reason with its word, its values and how it is said; instants in UTC."""
    speaker = Speaker(script, explanation.policy.zone)
    content: dict[str, object] = {"at": plain(explanation.at), "known_at": plain(explanation.known_at)}
    if isinstance(explanation, Explanation):
        content["explains"] = explanation.finding.identity
        content["support"] = [event.id for report in explanation.support for event in report]
    content["because"] = _tree(explanation.tree, speaker)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _tree(reason: Reason, speaker: Speaker) -> dict[str, object]:
    found: dict[str, object] = {"word": reason.word, "said": speaker.say(reason), "values": plain(reason.values)}
    return found | ({"parts": [_tree(part, speaker) for part in reason.parts]} if reason.parts else {})


def as_html(explanation: Explanation | WhyNot, script: Script = "en") -> str:
    """*explanation* as an HTML page by itself: no script, nothing fetched, every text escaped."""
    speaker = Speaker(script, explanation.policy.zone)
    title = escape(speaker.say(explanation.tree))
    language, word = ("zh-Hans", "编号") if script == "zh" else ("en", "id")
    name = f"{word} {explanation.finding.identity} · " if isinstance(explanation, Explanation) else ""
    parts = "\n".join(_items(explanation.tree, speaker))
    zone = escape(explanation.policy.zone.key)
    return (f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
            f"<style>{STYLE}</style>\n<h1>{title}</h1>\n<ul>\n{parts}\n</ul>\n"
            f"<footer>{name}{escape(explanation.policy.pack)} · {zone}</footer>\n</html>\n")


def _items(reason: Reason, speaker: Speaker) -> Iterator[str]:
    for part in reason.parts:
        below = "\n".join(_items(part, speaker))
        yield f"<li><span>{escape(speaker.say(part))}</span>" + (f"\n<ul>\n{below}\n</ul>" if below else "") + "</li>"

"""What stood in brackets below a blank line was written key by key with blank lines between, once it no longer fitted one line."""

from __future__ import annotations

from accountability.policy.formatter import formatted

FILE = """\
pack: laws
timezone: UTC

rules:
  - duty: reply
    source: law
    # A remark about the extension.

    extension:
      when: report.filed
      provided: grace of last report.filed of the same case <= 2h
      limit: 1 month
      at most: 1
    report: all
"""


def test_brackets_below_a_blank_line_are_one_part() -> None:
    chinese = formatted(FILE, keywords="zh")
    assert "延期: {" in chinese
    assert formatted(chinese, keywords="en") == FILE

"""What the page on formatting shows is what the command does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "format-and-translate.md").read_text(encoding="utf-8")
TYPED, FORMATTED, CHINESE = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def fmt(text: str, *options: str) -> str:
    done = subprocess.run([sys.executable, "-m", "accountability.cli", "fmt", *options, "-"], input=text.encode(),
                          capture_output=True, timeout=120, check=True)
    return done.stdout.decode()


def test_the_page_shows_what_is_written() -> None:
    assert fmt(TYPED) == FORMATTED == fmt(FORMATTED)
    assert fmt(TYPED, "--keywords", "zh") == CHINESE
    assert fmt(CHINESE, "--keywords", "en") == FORMATTED

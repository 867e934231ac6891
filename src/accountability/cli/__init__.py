"""cli: the command line. In: words. Out: tables or JSON Lines, and an exit code.

0 done · 1 findings or gaps, where `--fail-on` asks, clauses that have changed, or `fmt --check` has something to change ·
2 a file or the usage is wrong · 3 events were refused
"""

from __future__ import annotations

import sys

import typer

from accountability.cli.checking import check, doctor, test
from accountability.cli.explaining import dossier, forecast, verify, why
from accountability.cli.following import follow
from accountability.cli.formatting import fmt
from accountability.cli.organising import org
from accountability.cli.planning import plan
from accountability.cli.printing import finish, ready, warn
from accountability.cli.refusing import WRONG, Command, failure
from accountability.cli.running import ledger, run
from accountability.cli.showing import schema, show
from accountability.cli.sources import sources
from accountability.cli.usage import Commands
from accountability.errors import AccountabilityError

app = typer.Typer(cls=Commands, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Who owed what by when, whether it was done, who answers for it, what follows, and why.",
                  epilog="中文说明：`export ACCOUNTABILITY_LANG=zh`")
for command in (run, follow, why, dossier, verify, forecast, check, plan, fmt, show, sources, test, org, ledger, schema, doctor):
    app.command(cls=Command)(command)


def main() -> None:
    """The entry point. Whatever a person can mend ends with exit code 2 and its words, never with a traceback."""
    ready()
    try:
        try:
            app()
        finally:
            finish()
    except (AccountabilityError, OSError) as error:  # the latter of files and streams; what else can fail is a mistake of this
        warn(failure(error, "en"))  # program, and shows where it was made
        sys.exit(WRONG)

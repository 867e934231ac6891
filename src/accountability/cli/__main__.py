"""`python -m accountability.cli`, the same as `accountability`."""

from accountability.cli import main

main()

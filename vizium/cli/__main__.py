"""`python -m vizium.cli`: how the supervisor starts its children."""

from vizium.cli import main

main()

"""`python -m inkstand` is the same as `inkstand`."""

from inkstand.cli.main import main

main()

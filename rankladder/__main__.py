"""``python -m rankladder``: the command line."""

from rankladder.properties.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

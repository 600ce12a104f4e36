"""``python -m rankladder``: the command line."""

from rankladder.app.main import main

if __name__ == "__main__":
    raise SystemExit(main())

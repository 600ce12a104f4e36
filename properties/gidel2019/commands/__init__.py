"""The commands that the catalogue contributes: simulate, data, sweep."""

"""The commands that the catalogue contributes: simulate, data, sweep, plot; and what ``check --data`` runs."""

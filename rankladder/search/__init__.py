"""The engine that every claim goes through: draw, scout, judge in balls, search, explore, bracket thresholds."""

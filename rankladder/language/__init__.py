"""The language of claims: what a claim is made of, the numbers and connectives it is written in, verdicts."""

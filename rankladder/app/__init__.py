"""The commands of ``rankladder``, one module a command; each prints results on stdout and returns the exit code."""

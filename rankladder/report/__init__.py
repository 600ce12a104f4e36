"""The report of a check as one HTML file that needs nothing else: no network, no other file."""

from rankladder.report.page import page

__all__ = ["page"]

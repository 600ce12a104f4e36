"""The claims, and what states, searches and proves them; import ``rankladder.properties``."""

if __name__ == "properties":
    raise ImportError("import rankladder.properties; since version 0.2 there is one import name, rankladder")

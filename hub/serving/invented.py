"""Which regions are invented, and marked so wherever their programme is shown."""


def is_invented(code: str) -> bool:
    """Tell whether a region is invented: its code begins with an X, as no country's and no Dutch region's does."""
    return code.startswith("X")

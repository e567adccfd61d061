"""What a server of pages and its application tell each other in the environ (WSGI, PEP 3333), beyond the standard."""

from typing import Final

LENGTHEN: Final = "regiohelix.lengthen"  # a function: gives a request the longer time, once its sender is known

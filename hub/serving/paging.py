"""Lists that are read a page at a time: where a page lies, and what is said where there is no such page."""

from typing import Final

from schemas.text import Text

PAGE_SIZE: Final = 20


class PageUnknown(LookupError):
    """A list has no such page; `text` says so in both languages."""

    def __init__(self, text: Text) -> None:
        """Take the sentence."""
        super().__init__(text.en)
        self.text = text


def cut(total: int, page: int, size: int, of: Text) -> tuple[int, slice]:
    """Return how many pages so many entries have, at least one, and where a page of `size` lies, counted from 1.

    `of` is what the list is called, as a sentence begins with it. Raises PageUnknown.
    """
    pages = max(1, -(-total // size))
    if not 1 <= page <= pages:
        raise PageUnknown(
            Text(
                f"{of.nl} heeft geen pagina {page}; kies een pagina van 1 tot en met {pages}.",
                f"{of.en} has no page {page}; ask for a page from 1 to {pages}.",
            )
        )
    return pages, slice((page - 1) * size, page * size)

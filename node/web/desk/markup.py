"""HTML by construction: whatever is not made by `h` is escaped, so that no text can become markup."""

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Markup that was made here."""

    __slots__ = ()


Child = str | int | None | Iterable["Child"]


def h(tag: str, *children: Child, **attributes: str | int | bool | None) -> Html:
    """Return an element; text is escaped, None left out, an attribute that is True stands bare.

    `class_` and `for_` lose their last sign, and other underscores become hyphens.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(*children)}</{tag}>")


def join(*children: Child) -> Html:
    """Return markup and escaped texts one after the other."""
    return Html("".join(map(_child, children)))


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str | int):
        return escape(str(child))
    return "".join(map(_child, child))


def _attribute(name: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'

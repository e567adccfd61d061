"""The commands of one program, each read only when it is called: a program of forty does not wait for thirty-nine."""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

import click


class CommandsOnDemand(MutableMapping[str, click.Command]):
    """Commands by their names, for `click.group(commands=...)`; a place is `module:attribute`."""

    def __init__(self, places: Mapping[str, str]) -> None:
        """Keep where the commands are; none is read yet."""
        self._places = dict(places)
        self._read: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        """Return a command, read from its module the first time; raises KeyError where there is none."""
        if name not in self._read:
            module, _, attribute = self._places[name].partition(":")
            found = getattr(import_module(module), attribute)
            if not isinstance(found, click.Command):
                raise TypeError(f"{self._places[name]} is no command")
            self._read[name] = found
        return self._read[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        """Add a command that is there already."""
        self._places[name], self._read[name] = "", command

    def __delitem__(self, name: str) -> None:
        """Take a command out."""
        del self._places[name]
        self._read.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._places)

    def __len__(self) -> int:
        """Return how many commands there are."""
        return len(self._places)

    def __contains__(self, name: object) -> bool:
        """Tell whether a command has this name, without reading it."""
        return name in self._places

"""Whatever a command may refuse with is known to its main, so that it ends in one sentence and not in a traceback."""

import pkgutil
from importlib import import_module
from types import ModuleType

import click
import pytest

import hub.__main__
import node.__main__
from connectors.archive import ArchiveDamaged

# Where commands live, and what they reach without anyone in between who turns an error into another.
SIDES = {
    "node": (node.__main__, ("node.commands", "node.bootstrap", "node.config", "node.knowledge", "node.records")),
    "hub": (hub.__main__, ("hub.commands", "hub.bootstrap", "hub.config", "hub.intake.rebuild", "hub.intake.letters")),
}
KEEPING = ("connectors.archive", "connectors.snapshot")
A_FAULT_OF_OURS = {"SumsDoNotReconcile"}  # a traceback is what its maker asks for


def _modules(name: str) -> list[ModuleType]:
    module = import_module(name)
    below = pkgutil.walk_packages(getattr(module, "__path__", []), f"{name}.")
    return [module, *(import_module(one.name) for one in below)]


def _errors(names: tuple[str, ...]) -> set[type[Exception]]:
    return {
        found
        for name in names
        for module in _modules(name)
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Exception) and found.__module__ == module.__name__
    }


def _unlisted(side: str, without: type[Exception] | None = None) -> set[str]:
    main, names = SIDES[side]
    known = (*(one for one in main._REFUSALS if one is not without), click.ClickException)
    return {one.__name__ for one in _errors((*names, *KEEPING)) if not issubclass(one, known)} - A_FAULT_OF_OURS


@pytest.mark.parametrize("side", SIDES)
def test_every_refusal_that_a_command_can_meet_is_in_its_mains_table(side: str) -> None:
    assert _unlisted(side) == set()


@pytest.mark.parametrize("side", SIDES)
def test_a_refusal_that_is_missing_from_the_table_is_named(side: str) -> None:
    assert _unlisted(side, without=ArchiveDamaged) == {"ArchiveDamaged"}

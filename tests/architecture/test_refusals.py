"""Whatever a command may refuse with is a refusal, so that it ends in one sentence and not in a traceback."""

import pkgutil
from importlib import import_module
from types import ModuleType

import click
import pytest

import hub.__main__
import node.__main__
from connectors.archive import ArchiveDamaged
from connectors.commands import CommandsOnDemand
from schemas.refused import Refused

# Where commands live, and what they reach without anyone in between who turns an error into another.
INTAKE = ("hub.intake.rebuild", "hub.intake.letters", "hub.intake.proposals")
SIDES = {
    "node": ("node.commands", "node.bootstrap", "node.config", "node.knowledge", "node.records"),
    "hub": ("hub.commands", "hub.bootstrap", "hub.config", *INTAKE),
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


def _no_refusals(errors: set[type[Exception]]) -> set[str]:
    return {one.__name__ for one in errors if not issubclass(one, (Refused, click.ClickException))} - A_FAULT_OF_OURS


@pytest.mark.parametrize("side", SIDES)
def test_whatever_a_command_can_meet_is_a_refusal(side: str) -> None:
    found = _errors((*SIDES[side], *KEEPING))
    assert ArchiveDamaged in found
    assert _no_refusals(found) == set()


def test_an_error_that_is_no_refusal_is_named() -> None:
    class Forgotten(ValueError): ...

    assert _no_refusals({Forgotten, ArchiveDamaged}) == {"Forgotten"}


@pytest.mark.parametrize("main", [node.__main__, hub.__main__], ids=["node", "hub"])
def test_every_command_is_found_under_its_own_name(main: ModuleType) -> None:
    assert main.cli.commands.keys() == main.COMMANDS.keys()
    assert {name: command.name for name, command in main.cli.commands.items()} == {one: one for one in main.COMMANDS}


def test_commands_are_read_one_at_a_time() -> None:
    there = CommandsOnDemand({"init": "node.commands.joining:init", "lost": "node.commands.joining:nowhere"})
    assert "lost" in there, "nothing is read to know that it is there"
    assert there["init"] is there["init"]
    with pytest.raises(AttributeError):
        there["lost"]
    there["own"] = click.Command("own")
    del there["init"], there["lost"]
    assert list(there) == ["own"]

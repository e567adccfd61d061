"""Nothing that is read can run: no module unpickles, evaluates or lets YAML make objects, and one module reads YAML."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from schemas.plain_yaml import SAFE, YamlNotPlain, read_yaml
from tests.architecture.source_files import PACKAGES, ROOT, python_files

READS_YAML = Path("schemas/plain_yaml.py")
MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "jsonpickle", "xmlrpc"}
CALLS = {
    "eval",
    "exec",
    "builtins.compile",
    "__import__",
    "yaml.load",
    "yaml.unsafe_load",
    "yaml.full_load",
    "os.system",
}
LOADS = {"yaml.safe_load", "yaml.safe_load_all", "yaml.load_all"}
BUILDS = (".get_single_data", ".construct_document")  # what a loader of YAML builds with
ENTITIES = {"xml.etree.ElementTree", "xml.dom.minidom", "xml.sax"}


def _found(source: str) -> Iterator[str]:
    """Give every forbidden module that is imported, and every call of a forbidden name."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in CALLS | LOADS or called.endswith(BUILDS) or any(word.arg == "shell" for word in node.keywords):
                yield called
        yield from (name for name in names if name.split(".")[0] in MODULES or name in CALLS | LOADS | ENTITIES)


@pytest.mark.parametrize("planted", ["import pickle", "from pickle import loads", "yaml.load(text)", "eval(text)",
                                     "from yaml import full_load", "subprocess.run(text, shell=True)",
                                     "yaml.safe_load(text)", "Loader(text).get_single_data()",
                                     "import xml.etree.ElementTree"])  # fmt: skip
def test_a_planted_way_is_found(planted: str) -> None:
    assert list(_found(planted))


def test_nothing_that_is_read_can_run() -> None:
    found = {
        file.relative_to(ROOT): sorted(set(_found(file.read_text(encoding="utf-8"))))
        for file in python_files(*PACKAGES)
    }
    assert READS_YAML in found
    assert {str(file): ways for file, ways in found.items() if ways} == {str(READS_YAML): ["loader.get_single_data"]}


def test_yaml_is_read_by_a_loader_that_makes_plain_values_only() -> None:
    assert SAFE in (yaml.SafeLoader, yaml.CSafeLoader)
    for text in ("!!python/object/apply:os.getpid []", "a: &a [1]\nb: *a", "[" * 40 + "]" * 40, "day: 2026-13-01"):
        with pytest.raises(yaml.YAMLError):
            read_yaml(text)
    assert read_yaml("a: [1, 'één', 2026-01-31, null, 0o7]") == yaml.safe_load("a: [1, 'één', 2026-01-31, null, 0o7]")
    with pytest.raises(YamlNotPlain):
        read_yaml("a: \ud800")

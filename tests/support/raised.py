"""The sentences that the code can raise, read out of its source."""

import ast
from collections.abc import Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def raised(name: str, paths: tuple[str, ...]) -> Iterator[str]:
    """Yield the text of every error of one name as it could read, with a sign for each part that varies."""
    for path in paths:
        module = import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        known = {key: value for key, value in vars(module).items() if isinstance(value, str)}
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield from said(node.args[0], known)


def said(node: ast.expr | None, known: Mapping[str, str]) -> list[str]:
    """Return the texts that an expression can be; `known` are names whose text is put in as it is."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(map(partial(_part, known), parts))]
        case ast.BinOp(left=left, right=right):
            return [first + second for first in said(left, known) for second in said(right, known)]
        case ast.IfExp(body=body, orelse=orelse):
            return [*said(body, known), *said(orelse, known)]
    return []  # a name: what it holds is told where it is made


def _part(known: Mapping[str, str], part: ast.expr) -> str:
    match part:
        case ast.Constant(value=value):
            return str(value)
        case ast.FormattedValue(value=ast.Name(id=name)):
            return known.get(name, "X")
    return "X"

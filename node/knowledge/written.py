"""What people write as YAML: read strictly, and answered with one sentence that names file, field and remedy."""

import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from schemas.plain_yaml import YamlNotPlain, read_yaml
from schemas.refused import Refused

Written = TypeVar("Written", bound=msgspec.Struct)


class WrittenUnreadable(Refused, ValueError):
    """A file that is not YAML, lacks a field or has one too many."""


def read_written(file: Path, kind: type[Written], page: str) -> Written:
    """Read one item from a YAML file; raises WrittenUnreadable. `page` is where its fields are described."""
    return convert_written(file, read_plain(file), kind, page)


def read_plain(file: Path) -> Any:
    """Read a YAML file as plain values, a day as its text; raises WrittenUnreadable."""
    try:
        return read_yaml(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WrittenUnreadable(f"{file}: there is no such file; check its name.") from error
    except YamlNotPlain as error:
        raise WrittenUnreadable(f"{file}: {error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = getattr(error, "problem_mark", None)
        line = f" line {place.line + 1}" if place else ""
        raise WrittenUnreadable(f"{file}{line}: this is not UTF-8 YAML; correct that line.") from error


def convert_written(file: Path, data: Any, kind: type[Written], page: str) -> Written:
    """Return plain values of a file as one kind of item; raises WrittenUnreadable."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        # msgspec may name a value that stands where none belongs; only the place is passed on
        missing = re.search(r"missing required field `(\w+)`", str(error))
        found = re.search(r"`?\$\.?([\w\[\].]*)`?$", str(error))
        what = f"field `{missing[1]}` is missing" if missing else f"{_field(found)} has another form"
        raise WrittenUnreadable(f"{file}: {what}; see {page} for the fields.") from error
    except RecursionError as error:
        raise WrittenUnreadable(f"{file}: this is nested too deeply; see {page} for the fields.") from error


def _field(place: re.Match[str] | None) -> str:
    return f"field `{place[1]}`" if place and place[1] else "a field that does not belong here, or its layout,"

"""Run a service of docker-compose.yml as a process: its own command, environment and health check, places replaced."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


class Service:
    """A service as a process on this machine; `here` says what stands in for addresses, files and settings there."""

    def __init__(self, name: str, home: Path, here: Mapping[str, str], settings: Mapping[str, str]) -> None:
        """Take the service's name, its home folder, replacements of texts, and values of the compose file's variables.

        The image's settings and entry point come from the Dockerfile.
        """
        self._service: dict[str, Any] = COMPOSE["services"][name]
        self._here = {"/srv/regiohelix/home": str(home), **here}
        self._settings = settings
        image = DOCKERFILE.split(f" AS {self._service['build']['target']}\n")[1].split("\nFROM ")[0]
        self._home_variable = re.findall(r"^ENV (REGIOHELIX_\w+_HOME)=", image, re.MULTILINE)[0]
        self._image_entry = re.findall(r"^ENTRYPOINT (.+)$", image, re.MULTILINE)[0]
        self._home = home

    def start(self, *words: str, log: Path) -> "subprocess.Popen[bytes]":
        """Start the service's own command, or these words in its place."""
        command = [*self._entry(), *(words or self._service.get("command", []))]
        with log.open("ab") as file:
            return subprocess.Popen(self._placed(command), env=self.environment(), cwd=ROOT, stdout=file, stderr=file)

    def healthy(self) -> bool:
        """Run the service's health check."""
        kind, *command = self._service["healthcheck"]["test"]
        assert kind == "CMD"
        return not subprocess.run(self._placed(command), env=self.environment(), cwd=ROOT, check=False).returncode

    def environment(self) -> dict[str, str]:
        """Return what the process is given."""
        own = {name: self._text(str(value)) for name, value in self._service.get("environment", {}).items()}
        return {**os.environ, "PYTHONUNBUFFERED": "1", self._home_variable: str(self._home), **own}

    def _entry(self) -> list[str]:
        given = self._service.get("entrypoint")
        return list(given) if given else list(yaml.safe_load(self._image_entry))

    def _placed(self, command: list[str]) -> list[str]:
        texts = [self._text(word) for word in command]
        texts = [sys.executable if word == "python" else word for word in texts]
        return [word.replace("exec python ", f"exec {sys.executable} ") for word in texts]

    def _text(self, text: str) -> str:
        def variable(found: re.Match[str]) -> str:
            return self._settings.get(found[1], found[2] or "")

        text = re.sub(r"(?<!\$)\$\{(\w+)(?::[-?]([^}]*))?\}", variable, text).replace("$$", "$")
        places = "|".join(re.escape(there) for there in sorted(self._here, key=len, reverse=True))
        return re.sub(places, lambda found: self._here[found[0]], text)  # in one pass: what is put in stays

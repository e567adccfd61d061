"""The broker's jars: fetched once by Maven, kept in a cache folder, and checked against ``jars.sha256``."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
DIGESTS = HERE / "jars.sha256"
OLDEST_JAVA = 17
MAVEN_PATIENCE_SECONDS = 600.0


class JavaMissing(RuntimeError):
    """No Java that Kafka 4 accepts was found."""


class JarsNotFetched(RuntimeError):
    """Maven is absent or could not bring the broker's jars."""


class JarDigestMismatch(RuntimeError):
    """A fetched jar is not the one that was recorded."""


def find_java() -> Path:
    """Find the ``java`` of JAVA_HOME, else of the PATH.

    Raises JavaMissing if there is none or it is older than Java 17, the oldest on which a Kafka 4 broker runs
    (source: Apache Kafka, "JDK Compatibility Across Kafka Versions").
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        raise JavaMissing("No java in JAVA_HOME or on the PATH: install Java 17 or later.")
    shown = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', shown)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise JavaMissing(f"{java} is not Java {OLDEST_JAVA} or later: point JAVA_HOME to one that is.")
    return Path(java)


def kafka_version() -> str:
    """Read the version of Kafka from the pom."""
    found = ElementTree.parse(POM).getroot().findtext(".//{*}properties/{*}kafka.version")  # noqa: S314
    if found is None:
        raise JarsNotFetched(f"{POM.name} names no kafka.version: add the property.")
    return found


def cache_folder() -> Path:
    """Name the folder that keeps the jars between runs: REGIOHELIX_CACHE, else ~/.cache/regiohelix."""
    base = os.environ.get("REGIOHELIX_CACHE")
    return (Path(base) if base else Path.home() / ".cache" / "regiohelix") / f"kafka-{kafka_version()}"


def provide_jars(folder: Path) -> list[Path]:
    """Provide the broker's jars in ``folder``, calling Maven only when they are not there, whole, already.

    Raises JarsNotFetched, or JarDigestMismatch when Maven brought something else than was recorded.
    """
    expected = _recorded_digests()
    jars = [folder / name for name in expected]
    if not _differing(folder, expected):
        return jars
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as fetching:
        fetched = Path(fetching) / "jars"
        _fetch(fetched)
        unknown = {jar.name for jar in fetched.iterdir()} - expected.keys()
        differing = [*_differing(fetched, expected), *sorted(unknown)]
        if differing:
            raise JarDigestMismatch(
                f"Fetched by {POM.name} but not as recorded in {DIGESTS.name}: {', '.join(differing)}; "
                "find out why before recording them anew."
            )
        folder.mkdir(exist_ok=True)
        for jar in jars:
            # One rename a jar: another run may be filling the same folder with the same bytes.
            (fetched / jar.name).replace(jar)
    return jars


def _recorded_digests() -> dict[str, str]:
    lines = (line.split() for line in DIGESTS.read_text(encoding="ascii").splitlines())
    return {name: digest for digest, name in lines}


def _differing(folder: Path, expected: dict[str, str]) -> list[str]:
    return [name for name, digest in expected.items() if _digest(folder / name) != digest]


def _digest(jar: Path) -> str | None:
    if not jar.is_file():
        return None
    with jar.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _fetch(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise JarsNotFetched("No mvn on the PATH and no jars in the cache: install Maven or fill the cache.")
    command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=MAVEN_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired as expired:
        raise JarsNotFetched(f"Maven did not end within {MAVEN_PATIENCE_SECONDS:.0f} seconds.") from expired
    if run.returncode != 0:
        errors = [line for line in run.stdout.splitlines() if line.startswith("[ERROR]")]
        # A repository's address may carry a name and password.
        cause = re.sub(r"://[^/@\s]+@", "://", errors[0]) if errors else "it gave no reason"
        raise JarsNotFetched(f"Maven could not bring the jars: {cause}")

"""Score pairs of persons without an identifier: the model of Fellegi and Sunter, as Splink computes it.

I. P. Fellegi and A. B. Sunter, "A theory for record linkage", JASA 64 (1969) 1183-1210: a pair's weight is the sum over
its fields of log2(m / u), m being how often a level of agreement occurs among pairs of one person, u among other pairs.
u is measured in the data itself, and an equal rare value weighs more than a frequent one (term frequency). m and the
threshold are the same for every file, so that nothing is tuned to an answer.
"""

import importlib.util
import logging
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import pyarrow as pa

from connectors.sources.canonical import LINKAGE_FIELDS
from schemas.refused import Refused

THRESHOLD: Final = 0.99  # probability from which two persons are one
FLOOR: Final = 0.05  # pairs below it are neither counted nor shown to a clerk
_SEED: Final = 1969
_U_PAIRS: Final = (150_000, 2_000_000)  # fewest and most pairs drawn to measure u
_U_PAIRS_A_PERSON: Final = 30
_RULES_RECALL: Final = 0.7  # share of the true pairs that the rules are taken to find; it sets the prior
_ESTABLISHED: Final = 5  # a given name that so many persons have is a name, and no slip of the pen

# Persons who agree exactly on all of these are one without the model, unless something contradicts it.
RULES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("name, birth date and postcode", ("given_name", "surname", "birth_date", "postcode")),
    ("name, birth date and insurer number", ("given_name", "surname", "birth_date", "insurer_number")),
    ("name, birth date and personal number", ("given_name", "surname", "birth_date", "personal_number")),
    ("name, birth date and e-mail", ("given_name", "surname", "birth_date", "email")),
)
MODEL: Final = "model"
# Only pairs that agree on one of these are compared at all: everybody with everybody would never end.
_BLOCKS: Final = (
    ("birth_date", "given_name"), ("birth_date", "surname"), ("birth_date", "postcode"), ("birth_date", "house_number"),
    ("given_name", "surname"), ("insurer_number",), ("personal_number",), ("email",), ("postcode", "house_number"),
    ("postcode", "given_name"), ("postcode", "surname"), ("surname", "house_number"),
)  # fmt: skip
_BLOCKS_WITHOUT_POSTCODE: Final = (("given_name", "city"), ("surname", "city"), ("birth_date", "city"))


class LinkageNotInstalled(Refused, ModuleNotFoundError):
    """Splink, which linkage without an identifier needs, is not installed."""


class LinkageFailed(Refused, RuntimeError):
    """A comparison that broke off."""


class TooLittleToCompare(Refused, ValueError):
    """Persons with too few fields, or too few persons, to tell one from another."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two persons by their places in the table, `left` < `right`, and the probability that they are one.

    `rule` is the deterministic rule that they meet, or MODEL; `contradiction` says what speaks against the pair.
    """

    left: int
    right: int
    probability: float
    rule: str
    contradiction: str | None


def require_installed() -> None:
    """Raise LinkageNotInstalled where Splink is absent."""
    if importlib.util.find_spec("splink") is None:
        raise LinkageNotInstalled(
            "Linkage without an identifier needs Splink; install it with `pip install 'regiohelix[linkage]'`."
        )


def score(persons: pa.Table) -> tuple[Pair, ...]:
    """Return the pairs with a probability of at least FLOOR, in the order of their places.

    `persons` has `unique_id` (0, 1, ...) and LINKAGE_FIELDS as text, null where missing. All of it happens in a
    database in memory, with one thread, and is gone afterwards: the same persons give the same pairs.
    Raises LinkageNotInstalled and TooLittleToCompare.
    """
    require_installed()
    present = [name for name in LINKAGE_FIELDS if persons.column(name).null_count < persons.num_rows]
    blocks = [block for block in _blocks(present) if set(block) <= set(present)]
    rules = [(name, fields) for name, fields in RULES if set(fields) <= set(present)]
    if not rules or not blocks or persons.num_rows < 2:
        raise TooLittleToCompare(
            "Nobody can be compared: give at least given name, surname, birth date, and one of postcode, a number "
            "and e-mail as linkage fields."
        )
    from splink.internals.exceptions import SplinkException

    logging.getLogger("splink").setLevel(logging.ERROR)  # its advice is for who designs a model
    connection = duckdb.connect(config={"threads": 1, "enable_external_access": "false", "temp_directory": ""})
    try:
        return _scored(connection, persons, present, blocks, rules)
    except (SplinkException, duckdb.Error) as error:  # a message could hold a person's value, so it is not passed on
        raise LinkageFailed(
            f"The comparison of persons failed ({type(error).__name__}); it needs memory for all of them: free "
            "some, or compare fewer sources at once. Nothing was changed."
        ) from None
    finally:
        connection.close()


def _blocks(present: list[str]) -> tuple[tuple[str, ...], ...]:
    return _BLOCKS if "postcode" in present else _BLOCKS + _BLOCKS_WITHOUT_POSTCODE


def _scored(
    connection: duckdb.DuckDBPyConnection,
    persons: pa.Table,
    present: list[str],
    blocks: list[tuple[str, ...]],
    rules: list[tuple[str, tuple[str, ...]]],
) -> tuple[Pair, ...]:
    from splink import DuckDBAPI, Linker  # an optional extra, and slow to import

    connection.register("given", persons)
    connection.execute(
        """CREATE TABLE persons AS SELECT *, count(*) OVER (PARTITION BY given_name) AS given_name_count
        FROM given ORDER BY unique_id"""
    )
    connection.unregister("given")
    conditions = [" AND ".join(f"l.{name} = r.{name}" for name in fields) for _, fields in rules]
    settings = _settings(present, blocks, _prior(connection, conditions))
    linker = Linker(DuckDBAPI(connection).register("persons"), settings, log_level=None)
    drawn = min(max(_U_PAIRS[0], _U_PAIRS_A_PERSON * persons.num_rows), _U_PAIRS[1])
    linker.training.estimate_u_using_random_sampling(
        max_pairs=drawn, seed=_SEED, min_count_per_level=None, num_chunks=1
    )
    found = linker.inference.predict(threshold_match_probability=FLOOR, warning_mode="never")
    # a household shares all but its first names and birth dates: only a number of one's own outweighs those
    own = "coalesce(gamma_personal_number, -1) > 0" if "personal_number" in present else "false"
    met = " ".join(f"WHEN {condition} THEN '{name}'" for condition, (name, _) in zip(conditions, rules, strict=True))
    rows = connection.execute(
        f"""SELECT unique_id_l, unique_id_r, match_probability, CASE {met} ELSE '{MODEL}' END,
        CASE WHEN {own} THEN NULL WHEN gamma_given_name = 0 THEN 'given name'
        WHEN gamma_birth_date = 0 THEN 'birth date' END
        FROM {found.physical_name} JOIN persons l ON l.unique_id = unique_id_l
        JOIN persons r ON r.unique_id = unique_id_r ORDER BY 1, 2"""  # nosec B608  # noqa: S608 - every name is ours
    ).fetchall()
    return tuple(Pair(*row) for row in rows)


def _prior(connection: duckdb.DuckDBPyConnection, conditions: list[str]) -> float:
    """Return how likely two persons are one before anything is compared: as many pairs as the rules find, and more."""
    found = " UNION ".join(
        f"SELECT l.unique_id, r.unique_id FROM persons l JOIN persons r ON l.unique_id < r.unique_id AND {condition}"  # nosec B608  # noqa: S608
        for condition in conditions
    )
    ((pairs, persons),) = connection.execute(
        f"SELECT (SELECT count(*) FROM ({found})), count(*) FROM persons"  # nosec B608  # noqa: S608 - names are ours
    ).fetchall()
    likely: float = max(pairs, 1) / _RULES_RECALL / (persons * (persons - 1) / 2)
    return min(likely, 0.5)


def _settings(present: list[str], blocks: list[tuple[str, ...]], prior: float) -> Any:
    from splink import SettingsCreator, block_on

    made = {
        "given_name": _given_name(),
        "surname": _compared("surname", _surname_levels()),
        "birth_date": _compared("birth_date", _birth_date_levels()),
        "sex": _compared("sex", [_level("sex_l = sex_r", 0.985), _level("ELSE", 0.015)]),
        "postcode": _near("postcode", 0.75, 0.07, 0.18),
        "house_number": _near("house_number", 0.78, 0.07, 0.15, frequent=False),
        "insurer_number": _near("insurer_number", 0.85, 0.07, 0.08),
        "personal_number": _near("personal_number", 0.85, 0.07, 0.08),
        "city": _near("city", 0.8, 0.08, 0.12),
        "email": _near("email", 0.75, 0.1, 0.15),
    }
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=prior,
        comparisons=[made[name] for name in LINKAGE_FIELDS if name in present],
        blocking_rules_to_generate_predictions=[block_on(*block) for block in blocks],
        additional_columns_to_retain=["given_name_count"],
        retain_intermediate_calculation_columns=True,
    )


def _level(sql: str, m: float, frequency_of: str | None = None) -> dict[str, Any]:
    adjusted = {} if frequency_of is None else {"tf_adjustment_column": frequency_of, "tf_adjustment_weight": 1.0}
    return {"sql_condition": sql, "label_for_charts": sql, "m_probability": m, "fix_m_probability": True, **adjusted}


def _compared(name: str, levels: list[dict[str, Any]]) -> dict[str, Any]:
    missing = {"sql_condition": f"{name}_l IS NULL OR {name}_r IS NULL", "is_null_level": True}
    return {"output_column_name": name, "comparison_levels": [missing | {"label_for_charts": "missing"}, *levels]}


def _given_name() -> dict[str, Any]:
    alike = "jaro_winkler_similarity(given_name_l, given_name_r)"
    initial = " OR ".join(
        f"(length(given_name_{one}) = 1 AND left(given_name_{other}, 1) = given_name_{one})"
        for one, other in (("l", "r"), ("r", "l"))
    )
    # two names that many have are two names, however alike: Emma and Emmy, Sem and Sam
    is_slip = f"least(given_name_count_l, given_name_count_r) < {_ESTABLISHED}"
    return _compared(
        "given_name",
        [
            _level("given_name_l = given_name_r", 0.76, "given_name"),
            _level("given_name_l = surname_r OR surname_l = given_name_r", 0.03),
            _level(f"{alike} >= 0.9 AND {is_slip}", 0.09),
            _level(f"({alike} >= 0.8 AND {is_slip}) OR {initial}", 0.05),
            _level("ELSE", 0.07),
        ],
    )


def _surname_levels() -> list[dict[str, Any]]:
    alike = "jaro_winkler_similarity(surname_l, surname_r)"
    return [
        _level("surname_l = surname_r", 0.76, "surname"),
        _level("given_name_l = surname_r OR surname_l = given_name_r", 0.03),
        _level(f"{alike} >= 0.9", 0.1),
        _level(f"{alike} >= 0.8", 0.04),
        _level("ELSE", 0.07),
    ]


def _birth_date_levels() -> list[dict[str, Any]]:
    swapped = "birth_date_l = left(birth_date_r, 5) || right(birth_date_r, 2) || '-' || substr(birth_date_r, 6, 2)"
    strokes = "damerau_levenshtein(birth_date_l, birth_date_r)"
    return [
        _level("birth_date_l = birth_date_r", 0.86),
        _level(swapped, 0.02),
        _level(f"{strokes} <= 1", 0.08),
        _level(f"{strokes} <= 2", 0.02),
        _level("ELSE", 0.02),
    ]


def _near(name: str, equal: float, one_stroke: float, different: float, frequent: bool = True) -> dict[str, Any]:
    return _compared(
        name,
        [
            _level(f"{name}_l = {name}_r", equal, name if frequent else None),
            _level(f"damerau_levenshtein({name}_l, {name}_r) <= 1", one_stroke),
            _level("ELSE", different),
        ],
    )

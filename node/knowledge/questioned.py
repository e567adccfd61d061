"""Find the questionnaire that a round is to ask: a packaged one by id, or the region's own from a YAML file."""

from pathlib import Path

import msgspec
import yaml

from schemas.plain_yaml import read_yaml
from schemas.questionnaires import Questionnaire, QuestionnaireInvalid, questionnaires, read_questionnaire
from schemas.refused import Refused

_PAGE = "docs/readiness.md"


class QuestionnaireUnknown(Refused, LookupError):
    """A name that is neither a packaged questionnaire nor a readable file of one."""


def find_questionnaire(name: str) -> Questionnaire:
    """Return a packaged questionnaire by its id, or read the file of that name; raises QuestionnaireUnknown."""
    if (packaged := questionnaires().get(name)) is not None:
        return packaged
    file = Path(name)
    if not file.is_file():
        raise QuestionnaireUnknown(
            f"There is no questionnaire {name}; packaged are {', '.join(questionnaires())}, or name a YAML file."
        )
    try:
        return read_questionnaire(read_yaml(file.read_text(encoding="utf-8")))
    except QuestionnaireInvalid as error:
        raise QuestionnaireUnknown(f"{file}: {error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise QuestionnaireUnknown(f"{file}: this is not plain UTF-8 YAML; correct it, see {_PAGE}.") from error
    except msgspec.ValidationError as error:
        raise QuestionnaireUnknown(
            f"{file}: a field is missing, too many or of another form; see {_PAGE} for the fields."
        ) from error

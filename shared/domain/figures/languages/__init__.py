"""What the engine knows of a language: one file of data each, read through `language.py`."""

from shared.domain.figures.language import Language
from shared.domain.figures.languages.en import ENGLISH
from shared.domain.figures.languages.id import INDONESIAN
from shared.domain.figures.languages.th import THAI
from shared.domain.figures.languages.vi import VIETNAMESE

LANGUAGES: dict[str, Language] = {
    language.code: language for language in (VIETNAMESE, INDONESIAN, THAI, ENGLISH)
}

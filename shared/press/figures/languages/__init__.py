"""What the engine knows of a language: one file of data each, read through `language.py`."""

from shared.press.figures.language import Language
from shared.press.figures.languages.en import ENGLISH
from shared.press.figures.languages.id import INDONESIAN
from shared.press.figures.languages.th import THAI
from shared.press.figures.languages.vi import VIETNAMESE

LANGUAGES: dict[str, Language] = {
    language.code: language for language in (VIETNAMESE, INDONESIAN, THAI, ENGLISH)
}

"""Vietnamese text in letters of before Unicode, or with letters lost: refused, because any reading is a guess.

TCVN3 (.VnTime) and VNI fonts show ordinary Latin-1 symbols as Vietnamese letters; in any other font they stay symbols.
"""

import re

from app.imports.reading.limits import AtPlace, shortened

_TCVN3 = "µ¸¶·¹¨»¾¼½©ª«¬®"
_TCVN3_WITHIN = re.compile(f"[A-Za-z][{_TCVN3}]+[a-z]|[§®][{_TCVN3}]|[a-z][ÆÇËÎÏÐÑÖØÜÞ]")
_TCVN3_FIRST = re.compile("(?<![A-Za-z0-9])(?:§[aeiouyAEIOUYÀÈÌÒÙÇÐÓÖÕÊÎÏ]|®[aeiouyÀÈÌÒÙÇÐÓÖÕÊÎÏ])")
"""Đ and đ before a vowel. `®Windows` and `§ 5` are what they look like."""
_VNI = re.compile(
    "[AaEeOo][Ââ]|[Aa][ÊêÉéÈèÚúÁáÀàÃã]|[Ee][ÁáÀàÃã]|[AaEeOoUu][ÕõØøÛûÏïÅåÄäËë]|[AaOoEe][Ùù]"
    "|[Ññ][A-Za-zÖöÔô]|[Öö][a-zùøûõï]|[A-Za-z]æ[a-z]"
)
_TWICE_ENCODED = re.compile("Ã[\u0080-\u009f\u00a1-\u00bf]|Ä[\u0080-\u009f‘’]|Æ[°¡]|áº|á»")
_LOST = re.compile(r"[^\W\d_]\?+[^\W\d_]|^[(\"]?\?+[^\W\d_]")
_LATIN1 = re.compile("[\u00c0-\u00ff]")
_OF_UNICODE = re.compile("[\u1ea0-\u1ef9\u0302\u0306\u031b]")
"""Letters and marks of Vietnamese that neither Windows-1252 nor Windows-1258 has: a text with them has lost none."""
_OF_1258 = re.compile("[ĂăĐđƠơƯư]")
_IN_A_LINK = frozenset("/:=&@")


def refuse_lost_letters(text: str) -> None:
    """Raise `legacy-font` for TCVN3 and VNI, `unknown-encoding` for text decoded wrongly or with letters lost."""
    if "\ufffd" in text or is_decoded_wrongly(text) or has_lost_letters(text):
        raise AtPlace("unknown-encoding", shortened(text))
    if is_legacy(text):
        raise AtPlace("legacy-font", shortened(text))


def is_decoded_wrongly(text: str) -> bool:
    """Whether a text is UTF-8 that somebody read as Western letters."""
    return _TWICE_ENCODED.search(text) is not None


def is_legacy(text: str) -> bool:
    """Whether a text is TCVN3, by a symbol within a word, or VNI, by pairs that Vietnamese never writes.

    One such pair may be a foreign name, and a symbol before a word of Unicode is one.
    """
    if _TCVN3_WITHIN.search(text) or (_TCVN3_FIRST.search(text) and not _is_unicode(text)):
        return True
    first = _VNI.search(text)
    return first is not None and _VNI.search(text, first.end()) is not None


def _is_unicode(text: str) -> bool:
    return _OF_UNICODE.search(text) is not None or _OF_1258.search(text) is not None


def has_lost_letters(text: str) -> bool:
    """Whether letters became `?`: within words, and beside Western letters or twice: `Ðã công b?, th?c hi?n`."""
    if "?" not in text or _OF_UNICODE.search(text):
        return False
    lost = sum(1 for word in text.split() if _has_lost(word))
    return lost > 1 or (lost == 1 and not _OF_1258.search(text) and _LATIN1.search(text) is not None)


def _has_lost(word: str) -> bool:
    return not _IN_A_LINK.intersection(word) and any(not _begins_a_sentence(word, at) for at in _LOST.finditer(word))


def _begins_a_sentence(word: str, at: re.Match[str]) -> bool:
    """Whether a blank is missing behind a question, `máy không?Có`: no capital stands within a word."""
    following = word[at.end() - 1 : at.end() + 1]
    return following.istitle() and len(following) > 1

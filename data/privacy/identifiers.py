"""Direct identifiers and real dates: found by header and content, and left out unless a study.toml keeps them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from data.privacy.masking import DATE, E_MAIL, TELEPHONES, TITLED, WORD, YEAR, masked
from data.problems import Report
from data.schema import TABLES
from data.tables.mostly import beyond, first_known
from data.tables.sheet import Sheet

NAMES = (
    r"(?:(?:patients?|pat|pt|subject|first|last|sur|family|given|fore|full|middle|maiden|f|l)?names?"
    r"|(?:patienten|patientinnen|probanden|vor|nach|familien|geburts|zu|ruf|spitz|madchen|maedchen)?namen?|noms?|prenoms?|surnoms?"
    r"|nombres?|apellidos?|nom[ei]|cognom[ei]|(?:voor|achter|familie|roep|meisjes|patient(?:en)?)?(?:naam|namen))"
)
"""A word of a header that says name, in six languages."""
BESIDE_NAMES = (
    r"(?:patient(?:s|en|in|inn?en|e|es)?|pat|pts?|subjects?|persons?|participants?|people|proband(?:en|in)?|teilnehmers?|pacientes?"
    r"|pazient[ei]|persona|personne|persoon|sujet|sujeto|soggetto|deelnemer|proefpersoon"
    r"|first|last|sur|family|given|fore|full|middle|maiden|birth|second|legal|preferred|f|l|m"
    r"|vor|nach|voller|vollstandiger|complete?t?|completo|volledige|primer|segundo|primo|secondo|paterno|materno|usuel|marital|usage"
    r"|famille|naissance|jeune|fille|pila|familia|soltera|famiglia|nascita|nubile|geboorte"
    r"|of|the|s|and|und|et|e|y|en|der|des|die|de|d|du|la|le|l|el|del|della|dell|di|da|van|von|het|\d{1,2})"
)
"""What may stand beside it, in any order, where it is a person's: a header with any other word is of another thing."""
OF_PERSONS_ALONE = (
    r"(?!(?:.*_)?(?:tube|sample|specimen|visit|event|drug|treatment|med|medication|test|lab|site|center|centre|group|arm|subset"
    r"|population|gate|marker|file|form|study|gene)(?:_|$))(?:.*_)?(?:first|last|middle|maiden|sur|fore)_?names?"
)
"""Names that persons alone have, whatever stands before them."""
IDENTIFIERS: Mapping[str, str] = MappingProxyType(
    {
        "a name": rf"(?=(?:.*_)?(?:{NAMES})(?:_|$))(?:(?:{NAMES}|{BESIDE_NAMES})(?:_|$))+|{OF_PERSONS_ALONE}"
        r"|(?:(?:patient(?:en)?|pat|pt|subject|probanden)_)?(?:initial(?:s|en|es)?|inizial[ei]|inicial(?:es)?)",
        "a birth date": r"(?:patient_|subject_)?(?:dob|yob|(?:date|year|month|day)_?(?:of_)?birth)"
        r"|(?:patient_|subject_)?birth_?(?:date|day|dt|dat|year)?|brthdtc|born(?:_on)?|jahrgang|geb_?(?:dat|datum|jahr)?"
        r"|geburts(?:datum|tag|jahr)|geboren(?:_am)?|(?:.*_)?naissance|ddn|nee?_le|f(?:echa_de_|_)?nac(?:imiento)?"
        r"|(?:.*_)?(?:nacimiento|nascita)|geboorte(?:datum|jaar)",
        "a record number": r"mrn|(?:medical|hospital|clinic)_?(?:record_?)?(?:no|nr|number)|nhs(?:_?(?:no|number))?"
        r"|ssn|social_security(?:_?number)?|insurance(?:_?(?:no|number|id))?|passport.*|national_?id|chi_?number"
        r"|(?:kranken|sozial)?versich(?:erten|erungs)_?(?:nummer|nr)|kvnr|ahv(?:_?(?:nummer|nr))?|fall_?(?:nummer|nr)"
        r"|(?:.*_)?secu(?:rite_sociale)?|nir|nss|ipp|dni|nif|nie|nhc|(?:.*_)?historia_clinica|codice_fiscale"
        r"|tessera_sanitaria|bsn|burgerservicenummer",
        "an address": r"(?:.*_)?(?:e_?mail|mail|phone|telephone|mobile|cell_?phone|fax|address|street|post_?code"
        r"|zip(?:_?code)?|city|tel|telefon(?:nummer)?|handy|mobil|natel|telefono|movil|portable|gsm|telefoon"
        r"|courriel|correo|adresse|anschrift|strasse|hausnummer|plz|postleitzahl|wohnort|ville|code_postal|rue|direccion|domicilio"
        r"|calle|codigo_postal|ciudad|indirizzo|citta|adres|straat|woonplaats)(?:_?\d{1,2})?",
        "one of the staff": r"(?:provider|physician|doctor|clinician|investigator|nurse)(?:_?(?:name|npi|id))?|npi"
        r"|(?:haus|pruf|pruef|behandelnder_)?arzt|behandler|medecin|dermatologue|medico|dermatologo|(?:huis)?arts",
        "a relative": r"next_of_kin|emergency_contact.*|angehorige.*|contact_(?:name|person)",
    }
)
"""What a header may say (as `re.fullmatch` of its plain name, without accents)."""
FREE_TEXT = re.compile(
    r"(?:.*_)?(?:note|comment|remark)s?|bemerkung(?:en)?|kommentar|anmerkung(?:en)?|commentaires?|remarques?"
    r"|observacion(?:es)?|comentarios?|notas?|osservazion[ei]|opmerking(?:en)?"
)
"""Headers of what names people by chance: it is a note, but no covariate."""

CONTENTS: Mapping[str, str] = MappingProxyType(
    {
        "an e-mail address": E_MAIL.pattern,
        "a telephone number": rf"{'|'.join(TELEPHONES)}|\+\d[\d ()/-]{{7,}}|\(?0\d{{2,5}}\)?[ /-]\d{{3,}}[\d -]*",
        "a name": rf"{WORD}, {WORD}(?: [A-Z][\w'’.-]*)*|{TITLED.pattern}.*",
        "a record number": r"\d{3} \d{3} \d{4}|\d{3}-\d{2}-\d{4}",
    }
)
"""What most cells of a column may look like (as `re.fullmatch`)."""
ANY_CONTENT = re.compile("|".join(f"(?:{pattern})" for pattern in CONTENTS.values()))
PERSON = re.compile(rf"{WORD}(?:,? {WORD}){{1,3}}|{WORD}[_ ]{WORD}.*|[A-ZÀ-ÖØ-Þ][^\W\d_A-Z]{{2,}}")
"""A patient's id that is a name: words with a capital, without any number."""


def identifying(column: str, cells: pd.Series, label: str = "") -> str:
    """Why a column is a direct identifier, "" if it is none."""
    for header in (column, label):
        name = _plain(header)
        for what, pattern in IDENTIFIERS.items():
            if name and re.fullmatch(pattern, name):
                return f"its header says {what}"
    known = [cell.strip() for cell in first_known(cells, 200) if isinstance(cell, str)]
    for what, pattern in CONTENTS.items() if beyond(known, ANY_CONTENT.fullmatch, 0.6) else ():
        if beyond(known, re.compile(pattern).fullmatch, 0.6):
            return f"its cells look like {what}"
    return ""


def _plain(header: str) -> str:
    """A header in lower case, words joined by `_`, without accents."""
    bare = unicodedata.normalize("NFKD", header.casefold())
    return re.sub(r"[^a-z0-9]+", "_", "".join(sign for sign in bare if not unicodedata.combining(sign))).strip("_")


def name_people(ids: Iterable[str]) -> bool:
    """Whether most ids of patients identify them: names, or ids with a date or an e-mail address in them."""
    known = [str(one).strip() for one in ids]
    found = [one for one in known if PERSON.fullmatch(one) or E_MAIL.search(one) or _has_year(DATE.search(one))]
    return len(found) > 0.5 * len(known)


def _has_year(date: re.Match[str] | None) -> bool:
    """Whether there is a date whose year has four digits: "01-02-03" may be a number of a center and a patient."""
    return date is not None and re.search(YEAR, date[0]) is not None


def codes_of(ids: Iterable[str], report: Report) -> dict[str, str]:
    """Codes in place of patients' ids, which a note tells of: {"Anna Berg": "P1"}."""
    known = sorted(set(ids))
    width = len(str(len(known)))
    report.note("Patients are called P1, P2, … in the order of their record numbers or names, which are not kept.")
    return {one: f"P{at:0{width}d}" for at, one in enumerate(known, start=1)}


def holds_dates(cells: pd.Series) -> bool:
    """Whether most known cells are real dates."""
    known = first_known(cells, 200)
    return beyond(known, lambda cell: isinstance(cell, dt.date) or bool(DATE.fullmatch(str(cell).strip())), 0.6)


def is_free_text(column: str, cells: pd.Series) -> bool:
    """Whether a column holds sentences: its header says so, or most cells are different ones of several words."""
    if FREE_TEXT.fullmatch(_plain(column)):
        return any(isinstance(cell, str) for cell in cells.dropna())
    known = [cell for cell in cells.dropna().head(200) if isinstance(cell, str)]
    long = {cell for cell in known if len(cell.split()) > 3}
    return len(long) > max(0.5 * len(known), 1)


def name_without_dates(name: str) -> str:
    """The name of a tube, a visit or a patient with every real date, and what else identifies, replaced by a sign."""
    return masked(name)


def kept_on_purpose(about: Mapping[str, object]) -> frozenset[str]:
    """The columns that `[privacy] keep` of a study.toml names."""
    privacy = about.get("privacy", {})
    return frozenset(map(str, privacy.get("keep", ()))) if isinstance(privacy, dict) else frozenset()


def private(sheet: Sheet, kept: frozenset[str], report: Report, *, chosen: bool = False) -> Sheet:
    """A table of patients without the columns that identify them, hold dates or, unless a person has `chosen` its
    columns, free text; but with those that are `kept`. A note names what is left out."""
    others = [str(name) for name in sheet.cells.columns if name not in (*TABLES["patients"].names, *kept)]
    reasons = {name: identifying(name, sheet.cells[name]) for name in others}
    reasons |= {name: "its cells are dates" for name in others if not reasons[name] and holds_dates(sheet.cells[name])}
    reasons |= {
        name: "it is free text"
        for name in others
        if not (reasons[name] or chosen) and is_free_text(name, sheet.cells[name])
    }
    dropped = {name: reason for name, reason in reasons.items() if reason}
    for name, reason in dropped.items():
        report.note(f"{sheet.file}: the column '{name}' is left out for privacy: {reason}.")
    return replace(sheet, cells=sheet.cells.drop(columns=list(dropped)))

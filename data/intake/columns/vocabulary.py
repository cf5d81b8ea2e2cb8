"""Words that headers are made of, in six languages: every header is seen in English, whoever wrote it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

SPOKEN: Mapping[str, str] = MappingProxyType(
    {
        "patient": "patienten patientin patiente paciente paziente pt pats",
        "subject": "proband probanden probandin sujet sujeto soggetto proefpersoon",
        "participant": "teilnehmer participante partecipante deelnemer",
        "case": "fall cas caso geval",
        "no": "nr nummer numero num n number",
        "code": "kurzel codigo codice pseudonym",
        "id": "kennung identifiant identificador",
        "year": "jahr jahre jahren ans annee annees ano anos anno anni jaar jaren",
        "week": "woche wochen semaine semaines semana semanas settimana settimane weken wks",
        "day": "tag tage tagen jour jours dia dias giorno giorni dag dagen",
        "month": "monat monate monaten mois mes meses mese mesi maand maanden",
        "hour": "stunde stunden heure heures hora horas ore uur uren hr hrs",
        "time": "zeit temps tiempo tempo tijd",
        "date": "datum fecha data",
        "visit": "besuch visite visita bezoek consultation consulta kontrolle untersuchung examination exam",
        "timepoint": "zeitpunkt tijdstip momento",
        "total": "gesamt gesamtscore summe sum totale somme suma tot overall",
        "value": "wert valeur valor valore waarde punkte points puntos",
        "absolute": "absolut absolu absoluto abs",
        "result": "ergebnis resultat resultado risultato uitslag messwert",
        "parameter": "parametre parametro analyse analyt",
        "drug": "medikament medicament medicamento farmaco medicijn geneesmiddel wirkstoff praparat",
        "treatment": "therapie behandlung traitement tratamiento trattamento behandeling terapia",
        "biologic": "biologikum biologika biologique biologico biological",
        "start": "beginn anfang debut inicio inizio aanvang",
        "end": "ende fin fine fim termino einde stopp arret",
        "from": "von seit desde depuis vanaf",
        "until": "bis hasta fino jusqu jusque ate",
        "product": "produkt produit producto prodotto produto",
        "infusion": "infusionen perfusion perfusions infusione infusioni infusiones infuus infusie infusies infusao",
        "injection": "injektion injektionen inyeccion inyecciones iniezione iniezioni injectie injecties injecao",
        "dose": "dosis dosi dosierung dosaggio dosering posologie",
        "unit": "einheit unite unidad unita eenheid",
        "sex": "geschlecht sexe sexo sesso geslacht",
        "age": "alter edad eta leeftijd",
        "group": "gruppe groupe grupo gruppo groep bras brazo braccio",
        "weight": "gewicht poids peso",
        "note": "bemerkung bemerkungen kommentar anmerkung remarque commentaire comentario nota opmerking",
        "event": "ereignis evenement evento events ereignisse",
        "grade": "grad graad grado grau",
        "severity": "schwere schweregrad gravite severite gravedad severidad gravita severita ernstgraad gravidade",
        "toxicity": "toxizitat toxizitatsgrad toxicite toxicidad tossicita toxiciteit toxicidade",
        "adverse": "unerwunscht unerwunschte unerwunschtes indesirable indesirables adverso adversos avverso ongewenst",
        "reaction": "reaktion reaccion reazione reactie reacao",
        "baseline": "basis ausgangswert basale",
        "bsa": "korperoberflache kof lichaamsoppervlak",
    }
)
"""English -> what the same is called in German, French, Spanish, Italian and Dutch, or for short."""

ENGLISH = {word: english for english, words in SPOKEN.items() for word in words.split()}
SILENT = frozenset(
    ["of", "the", "der", "des", "de", "di", "del", "della", "du", "la", "le", "el", "van", "in", "at", "am"]
)
TOGETHER = re.compile(
    r"(besuchs|visiten|untersuchungs|bezoek|visit|vis|pasi|dlqi|subject|subj|patienten|patient|probanden|pat|start|stop|ende|end"
    r"|behandlungs|infusions?|sample|study)(datum|date|dat|dt|nummer|number|nr|no|id|total|tot|score|wert|week|woche)"
)
"""Words that are written as one."""
FIRST = {"besuchs": "visit", "visiten": "visit", "untersuchungs": "visit", "bezoek": "visit", "vis": "visit",
         "behandlungs": "treatment", "infusions": "infusion"}  # fmt: skip
SECOND = {"dat": "date", "dt": "date"}
PHRASES: Mapping[str, str] = MappingProxyType(
    {
        "psoriasis_area_and_severity_index": "pasi",
        "body_surface_area": "bsa",
        "surface_corporelle": "bsa",
        "superficie_corporal": "bsa",
        "superficie_corporea": "bsa",
        "dermatology_life_quality_index": "dlqi",
        "nail_psoriasis_severity_index": "napsi",
        "physician_global_assessment": "pga",
        "pasi_pasi": "pasi",
        "until_a": "until",
        "total_en_met": "until",
    }
)


def word(header: str) -> str:
    """A header as patterns see it: "PASI (total)" -> "pasi_total", "Besuchsdatum" -> "visit_date"."""
    parts = re.sub(r"[^a-z0-9%]+", "_", folded(header)).strip("_").split("_")
    name = "_".join(english for part in parts if (english := _english(part)))
    for phrase, short in PHRASES.items():
        name = re.sub(rf"(?<![a-z0-9]){phrase}(?![a-z0-9])", short, name)
    return name


def folded(text: str) -> str:
    """Lower case without accents: "Größe" -> "grosse"."""
    if text.isascii():
        return text.casefold()
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


def _english(part: str) -> str:
    if part in SILENT:
        return ""
    if two := TOGETHER.fullmatch(part):
        return f"{_in_english(FIRST.get(two[1], two[1]))}_{_in_english(SECOND.get(two[2], two[2]))}"
    return _in_english(part)


def _in_english(part: str) -> str:
    return ENGLISH.get(part, part)

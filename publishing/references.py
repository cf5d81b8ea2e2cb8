"""The works that rules and statistics are from, by their DOI: found in sentences, numbered, and as BibTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMED = 6
"""Up to so many authors are named; of more the first of them."""
CITED = re.compile(r"(?:[,.]? ?\bdoi:? ?|(?<=[ (]))(10\.\d{4,9}/[^\s,;()]*\w)")


@dataclass(frozen=True)
class Reference:
    """A work. `key` is what BibTeX calls it; authors as BibTeX writes them. Of one that is cited by its DOI alone there
    is nothing else."""

    doi: str
    key: str
    authors: str = ""
    title: str = ""
    journal: str = ""
    year: int = 0

    @property
    def text(self) -> str:
        """As a list of references has it, with the first six of more authors, as the ICMJE's examples do."""
        link = f"https://doi.org/{self.doi}"
        names = self.authors.split(" and ")
        told = "; ".join(names if len(names) <= NAMED else [*names[:NAMED], "others"]).replace("; others", " et al")
        return f"{told.rstrip('.')}. {self.title}. {self.journal} {self.year}. {link}" if self.title else link

    @property
    def bibtex(self) -> str:
        """As an entry of a .bib file."""
        kind, where = KINDS.get(self.journal, ("article", "journal")) if self.title else ("misc", "journal")
        fields = {"author": self.authors, "title": self.title and f"{{{self.title}}}", where: self.journal}
        fields |= {"year": str(self.year or ""), "doi": self.doi}
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@{kind}{{{self.key},", *lines, "}"])


KINDS = {"Cambridge University Press": ("book", "publisher")}


def numbered(sentences: Iterable[str]) -> tuple[list[str], list[Reference]]:
    """Sentences with the number of a reference, [1], in the place of each DOI, and the references in that order."""
    order: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        at = order.setdefault(found[1], len(order) + 1)
        return f" [{at}]" if found[0][0] in {",", ".", " "} else f"[{at}]"

    told = [CITED.sub(number, sentence) for sentence in sentences]
    return told, [reference(doi) for doi in order]


def reference(doi: str) -> Reference:
    """What is known of a work."""
    return REFERENCES.get(doi) or Reference(doi, "doi_" + re.sub(r"\W+", "_", doi))


def bibtex(references: Iterable[Reference]) -> str:
    """A .bib file."""
    return "\n\n".join(one.bibtex for one in references)


_JASA, _SIM, _BMJ = "Journal of the American Statistical Association", "Statistics in Medicine", "BMJ"
_JAAD = "Journal of the American Academy of Dermatology"
_WORKS = (
    Reference(
        "10.3389/fimmu.2025.1656724", "lwin2025",
        "Lwin, Su M. and Solanky, Shane and Scottà, Cristiano and Giacomini, Chiara and Azrielant, Shir and "
        "Tosi, Isabella and Al-Haddabi, Atheer and Duarte-Williamson, Emelia and Dawe, Hannah and Walsh, Sarah and "
        "McGrath, John A. and Lombardi, Giovanna and Dazzi, Francesco and Di Meglio, Paola and "
        "Griffiths, Christopher E. M.",
        "Mesenchymal stromal cells as rescue therapy in biologic-refractory psoriasis: insights from a case series",
        "Frontiers in Immunology", 2025,
    ),
    Reference(
        "10.3389/fpsyg.2017.00456", "bakdash2017", "Bakdash, Jonathan Z. and Marusich, Laura R.",
        "Repeated measures correlation", "Frontiers in Psychology", 2017,
    ),
    Reference(
        "10.1136/bmj.300.6719.230", "matthews1990", "Matthews, J. N. S. and Altman, D. G. and Campbell, M. J. and "
        "Royston, P.", "Analysis of serial measurements in medical research", _BMJ, 1990,
    ),
    Reference(
        "10.1136/bmj.310.6977.446", "bland1995", "Bland, J. M. and Altman, D. G.",
        "Calculating correlation coefficients with repeated observations: Part 1, correlation within subjects",
        _BMJ, 1995,
    ),
    Reference(
        "10.2307/1412159", "spearman1904", "Spearman, C.",
        "The proof and measurement of association between two things", "The American Journal of Psychology", 1904,
    ),
    Reference(
        "10.1098/rspl.1895.0041", "pearson1895", "Pearson, Karl",
        "Note on regression and inheritance in the case of two parents",
        "Proceedings of the Royal Society of London", 1895,
    ),
    Reference(
        "10.1007/BF02294183", "bonett2000", "Bonett, Douglas G. and Wright, Thomas A.",
        "Sample size requirements for estimating Pearson, Kendall and Spearman correlations", "Psychometrika", 2000,
    ),
    Reference(
        "10.2307/2529876", "laird1982", "Laird, Nan M. and Ware, James H.",
        "Random-effects models for longitudinal data", "Biometrics", 1982,
    ),
    Reference(
        "10.1139/f98-104", "pyper1998", "Pyper, Brian J. and Peterman, Randall M.",
        "Comparison of methods to account for autocorrelation in correlation analyses of fish data",
        "Canadian Journal of Fisheries and Aquatic Sciences", 1998,
    ),
    Reference(
        "10.1111/j.2517-6161.1995.tb02031.x", "benjamini1995", "Benjamini, Yoav and Hochberg, Yosef",
        "Controlling the false discovery rate: a practical and powerful approach to multiple testing",
        "Journal of the Royal Statistical Society: Series B", 1995,
    ),
    Reference(
        "10.1017/CBO9780511802843", "davison1997", "Davison, A. C. and Hinkley, D. V.",
        "Bootstrap methods and their application", "Cambridge University Press", 1997,
    ),
    Reference(
        "10.1080/01621459.1927.10502953", "wilson1927", "Wilson, Edwin B.",
        "Probable inference, the law of succession, and statistical inference", _JASA, 1927,
    ),
    Reference(
        "10.1093/biomet/26.4.404", "clopper1934", "Clopper, C. J. and Pearson, E. S.",
        "The use of confidence or fiducial limits illustrated in the case of the binomial", "Biometrika", 1934,
    ),
    Reference(
        "10.1080/01621459.1959.10501526", "pratt1959", "Pratt, John W.",
        "Remarks on zeros and ties in the Wilcoxon signed rank procedures", _JASA, 1959,
    ),
    Reference(
        "10.1214/aoms/1177704172", "hodges1963", "Hodges, J. L. and Lehmann, E. L.",
        "Estimates of location based on rank tests", "The Annals of Mathematical Statistics", 1963,
    ),
    Reference(
        "10.2466/11.IT.3.1", "kerby2014", "Kerby, Dave S.",
        "The simple difference formula: an approach to teaching nonparametric correlation",
        "Comprehensive Psychology", 2014,
    ),
    Reference(
        "10.1002/sim.2324", "newcombe2006", "Newcombe, Robert G.",
        "Confidence intervals for an effect size measure based on the Mann–Whitney statistic. Part 2: asymptotic "
        "methods and evaluation", _SIM, 2006,
    ),
    Reference(
        "10.1016/j.beth.2008.10.006", "parker2009", "Parker, Richard I. and Vannest, Kimberly",
        "An improved effect size for single-case research: nonoverlap of all pairs", "Behavior Therapy", 2009,
    ),
    Reference(
        "10.1016/j.beth.2010.08.006", "parker2011",
        "Parker, Richard I. and Vannest, Kimberly J. and Davis, John L. and Sauber, Stephanie B.",
        "Combining nonoverlap and trend for single-case research: Tau-U", "Behavior Therapy", 2011,
    ),
    Reference(
        "10.1161/CIRCULATIONAHA.115.017719", "austin2016",
        "Austin, Peter C. and Lee, Douglas S. and Fine, Jason P.",
        "Introduction to the analysis of survival data in the presence of competing risks", "Circulation", 2016,
    ),
    Reference(
        "10.2307/2530286", "brookmeyer1982", "Brookmeyer, Ron and Crowley, John",
        "A confidence interval for the median survival time", "Biometrics", 1982,
    ),
    Reference(
        "10.1080/00031305.1983.10483115", "chan1983", "Chan, Tony F. and Golub, Gene H. and LeVeque, Randall J.",
        "Algorithms for computing the sample variance: analysis and recommendations", "The American Statistician", 1983,
    ),
    Reference(
        "10.1093/ije/dyh299", "barnett2005", "Barnett, Adrian G. and van der Pols, Jolieke C. and Dobson, Annette J.",
        "Regression to the mean: what it is and how to deal with it", "International Journal of Epidemiology", 2005,
    ),
    Reference(
        "10.1007/s00403-010-1080-1", "mrowietz2011", "Mrowietz, U and others",
        "Definition of treatment goals for moderate to severe psoriasis: a European consensus",
        "Archives of Dermatological Research", 2011,
    ),
    Reference(
        "10.1016/j.jaad.2008.10.023", "albrecht2009",
        "Albrecht, Joerg and Werth, Victoria P. and Bigby, Michael",
        "The role of case reports in evidence-based practice, with suggestions for improving their reporting",
        _JAAD, 2009,
    ),
    Reference(
        "10.1186/1752-1947-7-223", "gagnier2013",
        "Gagnier, Joel J. and Kienle, Gunver and Altman, Douglas G. and Moher, David and Sox, Harold and Riley, David",
        "The CARE guidelines: consensus-based clinical case reporting guideline development",
        "Journal of Medical Case Reports", 2013,
    ),
)  # fmt: skip
REFERENCES = {work.doi: work for work in _WORKS}

"""The views that compare few patients."""

from __future__ import annotations

from components import comparison_tables
from components.view import PHASED, TOLD, View
from figures import before_after, group_course, improvement_area, responders

GROUP_COURSE = View(
    key="group_course",
    needs=("pasi",),
    title="Course of groups",
    about="Mean or median of each group at its baseline and each nominal visit, with 95 % intervals and n under the "
    "axis, over the patients' own thin lines. A click on a mark lights up who was observed there. How a restart counts "
    "is chosen in Rules, the outcome or its % improvement in Filters.",
    tab="cohort",
    draw=group_course.group_course,
    marks=group_course.own_marks,
    members=group_course.members,
    table=comparison_tables.group_course,
    counted=comparison_tables.group_course_caption,
    fields=PHASED | {"policy", "pasi_scale", "average"},
    controls=("average", "phase"),
    note=group_course.wording,
)
COMPARISONS = (
    View(
        key="before_after",
        wide=True,
        needs=("immune_subsets",),
        title="Before–after",
        about="Each chosen subset at a visit against the same patients' baseline: joined dots, medians as strokes, the "
        "exact signed-rank test, and the smallest p that so few patients can reach.",
        tab="cohort",
        draw=before_after.before_after,
        marks=before_after.before_after_marks,
        table=comparison_tables.before_after,
        counted=comparison_tables.before_after_caption,
        fields=PHASED | {"subsets", "visit", "at_week", "adjust"},
        controls=("visit", "at_week", "phase"),
        method=("adjust",),
        note=before_after.wording,
    ),
    View(
        key="responders",
        wide=True,
        needs=("pasi", "immune_subsets"),
        title="Responders",
        about="Each chosen subset at baseline, in those who responded later and in the others, with the exact "
        "Mann–Whitney test. The rule that makes the groups is the chosen response.",
        tab="cohort",
        draw=responders.responders,
        marks=responders.responders_marks,
        table=comparison_tables.responders,
        counted=comparison_tables.responders_caption,
        fields=TOLD | {"subsets", "adjust"},
        controls=("phase",),
        method=("adjust",),
        note=responders.wording,
    ),
    View(
        key="roc",
        wide=True,
        needs=("pasi", "immune_subsets"),
        title="ROC",
        about="How well the baseline of the panel's subset tells responders from others; refused below 5 on "
        "either side. A click on a cut-off lights up who lies at or above it.",
        tab="cohort",
        draw=responders.roc,
        members=responders.roc_members,
        table=comparison_tables.roc,
        counted=comparison_tables.roc_caption,
        fields=TOLD | {"subset"},
        controls=("subset", "phase"),
        note=responders.wording,
    ),
    View(
        key="auc",
        wide=True,
        needs=("pasi",),
        title="Area of improvement",
        about="How much each patient improved over the phase: the area under the improvement, per week followed, with "
        "each group's median and, between two groups, the exact Mann–Whitney test.",
        tab="cohort",
        draw=improvement_area.improvement_area,
        marks=improvement_area.area_marks,
        table=comparison_tables.auc,
        counted=comparison_tables.auc_caption,
        fields=PHASED | {"policy"},
        controls=("phase",),
        note=improvement_area.wording,
    ),
)

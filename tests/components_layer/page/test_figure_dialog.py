"""The form of a figure for print, as the server writes it."""

from dataclasses import replace

from components.page.figure_dialog import figure_dialog
from data.catalog import open_study


def test_the_form_offers_what_the_study_has_and_names_of_it_stay_text():
    study = open_study()
    form = getattr(figure_dialog(study), "data-form")
    assert '<input type="checkbox" name="panels" value="pasi">' in form
    assert '<option value="own">Own sizes</option>' in form
    evil = replace(study, outcomes=tuple(replace(one, name="<img src=x>") for one in study.outcomes))
    assert "<img" not in getattr(figure_dialog(evil), "data-form")

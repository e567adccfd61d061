"""Forms that send files, and what a page says where one of them cannot be taken: the form stays as it was filled in."""

from dataclasses import replace

from schemas.refused import Refused

from .markup import Child, Html, h
from .page import form
from .refusal_words import told
from .visit import FormUnfit, Visit

REFUSALS = (Refused, FormUnfit)


def file_form(visit: Visit, action: str, *body: Child) -> Html:
    """Return a form that posts files beside its fields."""
    return form(visit, action, *body, enctype="multipart/form-data")


def file_field(label: str, name: str, accept: str, *, hint: str = "", required: bool = True) -> Html:
    """Return a labelled field to choose one file."""
    hinted = f"f-{name}-hint" if hint else None
    return h(
        "div",
        h("label", label, for_=f"f-{name}"),
        h("span", hint, class_="hint", id=hinted) if hint else None,
        h("input", type="file", id=f"f-{name}", name=name, accept=accept, required=required, aria_describedby=hinted),
        class_="field",
    )


def again(visit: Visit, path: str) -> Visit:
    """Return a visit whose form comes back, on the page that is read under a path."""
    return replace(visit, here=path)


def refusal_note(visit: Visit, wrong: Exception | None) -> Html | None:
    """Return what was refused, to be read first; nothing where nothing was."""
    return None if wrong is None else h("p", told(visit, wrong), class_="note stop", role="alert")

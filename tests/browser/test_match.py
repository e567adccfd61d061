"""The page of a region's open problems in a real browser without JavaScript, at the width of a phone too."""

from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser

from hub.bootstrap import application
from schemas.about import LessonAbout
from schemas.assessment import ExpertVerdict
from tests.support.browser import follow
from tests.support.held_by_hub import HeldByHub, a_lesson
from tests.support.panels import an_assessment, with_means
from tests.support.served import served


@pytest.mark.parametrize("width", [360, 1280])
def test_a_reader_goes_from_a_region_to_a_lesson_about_what_it_has_open(
    chromium: Browser, tmp_path: Path, width: int
) -> None:
    held = HeldByHub.opened(tmp_path)
    held.region("XR-A", "Alfa", "invented")
    held.region("XR-B", "Beta", "invented")
    bad = ExpertVerdict("gains", False, "nl", "Zonder verdeelsleutel geen besluit.")
    held.accept("XR-A", an_assessment(with_means((300,) * 5, ("practice",) * 10), verdicts=[bad]))
    about = LessonAbout(lenses=("gains",))
    held.accept("XR-B", msgspec.structs.replace(a_lesson("les", "Spreek de verdeling af"), about=about))
    with served(application(held.hub)) as port:
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/regions/XR-A")
        follow(page, page.get_by_role("link", name="Wie loste dit op?"))
        assert page.locator("article h4").all_inner_texts() == ["Spreek de verdeling af"]
        assert page.locator("main").bounding_box()["width"] == width  # type: ignore[index]
        boxes = [one.bounding_box() for one in page.locator("main :is(h1, form, section, article)").all()]
        assert all(box is None or box["x"] + box["width"] <= width for box in boxes)
        follow(page, page.get_by_role("link", name="Spreek de verdeling af"))
        assert page.locator("h1").inner_text() == "Spreek de verdeling af"
        context.close()
    held.hub.engine.dispose()

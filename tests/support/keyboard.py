"""What the keyboard reaches of a page in a real browser."""

from typing import Final

from playwright.sync_api import Page

# Every control that can be seen and used; of radio buttons with one name the keyboard stops at one. The areas of a map
# are for the mouse: what they lead to stands beside it as links.
_CONTROLS: Final = """() => {
  const seen = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(
    (one) => !one.disabled && one.type !== "hidden" && one.checkVisibility() && !one.matches("svg [tabindex='-1']"));
  window.unreached = new Set(seen.map((one) => one.type === "radio" ? one.name : one));
  document.activeElement.blur();
  return window.unreached.size;
}"""
_REACHED: Final = """() => {
  const here = document.activeElement;
  window.unreached.delete(here.type === "radio" ? here.name : here);
  return [...window.unreached].map((one) => one.outerHTML || one).slice(0, 3);
}"""


def unreached(page: Page) -> list[str]:
    """Go through a page by Tab, and return the first few controls that this never comes to."""
    controls: int = page.evaluate(_CONTROLS)
    left: list[str] = []
    for _ in range(controls + 5):
        page.keyboard.press("Tab")
        left = page.evaluate(_REACHED)
        if not left:
            break
    return left

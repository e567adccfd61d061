"""What docs/programme.md has people write is read, the example data too, and the story is as the documents count it."""

import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from demo.story import STORY, told
from node.knowledge.items import ItemUnreadable, read_item, read_items
from schemas.item_kinds import KINDS
from schemas.items import Item, wrong_with_item
from schemas.plain_yaml import read_yaml
from schemas.programme_items import PhasePublished

ROOT = Path(__file__).parents[2]
SAMPLES = re.findall(r"```yaml\n# (\S+)\n(.*?)```", (ROOT / "docs/programme.md").read_text(encoding="utf-8"), re.DOTALL)


def test_every_sample_of_the_page_can_be_written_together(tmp_path: Path) -> None:
    files = [tmp_path / name for name, _ in SAMPLES]
    for file, (_, text) in zip(files, SAMPLES, strict=True):
        file.write_text(text, encoding="utf-8")
    found = read_items(files)
    assert [one.noun for one in found] == ["phase", "milestone", "goal", "composition"]
    assert isinstance(found[0], PhasePublished)
    assert found[0].began == "2025-01"
    with pytest.raises(ItemUnreadable, match="stands in an earlier file too"):
        read_items([*files, files[0]])


@pytest.mark.parametrize("region", ["duinrand", "heuvelzoom", "veenkant"])
def test_the_demonstration_gives_every_region_a_programme(region: str) -> None:
    nouns = {one.noun for one in read_items(sorted((ROOT / "demo/data/programme" / region).glob("*.yaml")))}
    assert {"composition", "phase", "milestone", "goal", "action"} <= nouns


def test_a_year_or_month_is_enough_where_no_day_is_known_and_order_is_still_held(tmp_path: Path) -> None:
    file = tmp_path / "fase.yaml"
    text = SAMPLES[0][1]
    for began, ended, is_read in (("2013", "2013", True), ("2020-05", "2020", True), ("2020-05", "2019", False)):
        file.write_text(text.replace("began: 2025-01", f"began: {began}\nended: {ended}"), encoding="utf-8")
        if is_read:
            read_item(file)
        else:
            with pytest.raises(ItemUnreadable, match="field `ended` lies before `began`"):
                read_item(file)


def test_the_story_counts_as_the_documents_do_and_says_that_it_is_an_example() -> None:
    regions = list(told(read_yaml(STORY.read_text(encoding="utf-8"))))
    outcomes: Counter[str] = Counter()
    for region in regions:
        assert region.code.startswith("X")
        for one in region.items:
            values = {name: str(value) if isinstance(value, int) else value for name, value in one.items()}
            item = msgspec.convert({k: v for k, v in values.items() if k != "noun"}, KINDS[one["noun"]])
            assert isinstance(item, Item)
            assert wrong_with_item(item) is None
            assert item.title.startswith("Voorbeeld")
            outcomes[str(getattr(item, "outcome", one["noun"]))] += 1
    assert len(regions) == 29
    assert len({region.code for region in regions}) == 29
    # nine pioneers and two regions were selected
    assert outcomes == {"eligible": 20, "assessed": 6, "selected": 11, "phase": 2, "intervention": 9}

"""NASA's 250 public lessons in our own form, from the shared data."""

import csv
from pathlib import Path

from schemas.payloads import LessonPublished


def nasa(shared_data: Path) -> list[LessonPublished]:
    """Return the lessons in our own form: what drove each, what was learned, what is advised."""
    file = shared_data / "d_lessons_nasa_llis" / "llis_lessons.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        return [
            LessonPublished(
                lesson=f"llis-{row['lesson_id']}",
                language="en",
                title=row["lesson_learned"].strip()[:200],
                context=row["driving_event"][:20_000],
                barrier_or_opportunity=row["lesson_learned"][:20_000],
                action="",
                consequence="",
                advice=row["recommendation"][:20_000],
                author_role="engineer",
                themes=("aerospace",),
                steps=(6,),
                helix_voices=("practice",),
                indicators=(),
                licence="public domain",
            )
            for row in csv.DictReader(rows)
        ]

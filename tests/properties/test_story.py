"""The example notebook runs from top to bottom, and shows what it is stored with."""

from __future__ import annotations

import json

import pytest

from tests.properties.notebook import STORY, executed, shown


def test_story_is_stored_with_its_outputs() -> None:
    cells = [c for c in json.loads(STORY.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    assert [c["execution_count"] for c in cells] == list(range(1, len(cells) + 1))
    outputs = [o for c in cells for o in c["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    assert sum("image/png" in o.get("data", {}) for o in outputs) == 2
    assert STORY.stat().st_size < 400_000


@pytest.mark.slow
def test_story_runs_from_top_to_bottom() -> None:
    import nbformat

    stored = shown(nbformat.read(STORY, as_version=4))
    assert any("refuted" in text for cell in stored for text in cell)
    assert shown(executed(STORY)) == stored

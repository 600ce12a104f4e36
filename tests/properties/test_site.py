"""The site is built without a warning, and opens from the disk without a complaint or a request."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.checkout import ROOT
from tests.properties.browser import Browser, browser, installed

pytestmark = pytest.mark.slow

WINDOWS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    pytest.importorskip("sphinx", reason="the extra docs is not installed")
    made = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", str(made / "trees"), "docs"]
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [*words, str(made / "pages")], cwd=ROOT, env=os.environ | {"PYTHONPATH": paths}, capture_output=True,
        text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return made / "pages"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory) -> Iterator[Browser]:
    path = installed()
    if path is None:
        pytest.skip("no Chromium is installed")
    with browser(path, tmp_path_factory.mktemp("profile")) as page:
        yield page


def test_every_page_opens_without_a_complaint_or_the_network(site: Path, chromium: Browser) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 30
    for width, scheme in WINDOWS:
        chromium.resize(width)
        chromium.scheme(scheme)
        for page in pages:
            chromium.open(page)
            seen = f"{page.relative_to(site)} at {width} px, {scheme}"
            assert chromium.complaints() == [], seen
            assert [url for url in chromium.requests() if not url.startswith("file:")] == [], seen
            beyond = chromium.run("document.documentElement.scrollWidth - window.innerWidth")
            assert beyond <= 0, f"{seen}: {beyond} px wider than the window"


def test_the_search_answers_without_a_server(site: Path, chromium: Browser) -> None:
    chromium.open(site / "search.html")
    found = chromium.run(
        """new Promise(done => {
            Search.performSearch("plateau");
            const look = tries => {
                const links = [...document.querySelectorAll("#search-results li a")].map(link => link.href);
                const glossary = links.some(link => link.includes("glossary.html"));
                glossary || !tries ? done(glossary) : setTimeout(look, 50, tries - 1);
            };
            look(400);
        })"""
    )
    assert found
    assert chromium.complaints() == []


def test_claims_show_their_formula_and_their_counterexample(site: Path, chromium: Browser) -> None:
    chromium.open(site / "claims" / "GD.html")
    section = "document.getElementById('gd-5-not-continuous-upper')"
    assert chromium.run(f"{section}.querySelectorAll('math').length") > 0
    assert chromium.run(f"{section}.querySelector('img.picture').naturalWidth") > 0


def test_the_gallery_shows_a_picture_below_every_program(site: Path, chromium: Browser) -> None:
    chromium.open(site / "gallery.html")
    programs = chromium.run("document.querySelectorAll('article pre').length")
    pictures = chromium.run(
        "[...document.querySelectorAll('article img')].filter(i => i.naturalWidth).map(i => i.src)"
    )
    assert len(set(pictures)) == programs

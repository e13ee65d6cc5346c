"""Make docs/pages/: what each page of a competition looks like, light and dark, on a desktop and on a phone.

python docs/screenshots.py    (needs chromium and bubblewrap; prepares the embedded tasks where that is not done; for
the cross page five teams' code runs on six tasks, which takes ten minutes)
"""

from __future__ import annotations

import io
import sys
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import ZipFile

from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from browser import DESKTOP, PHONE, chromium, look  # noqa: E402
from made_contest import CEILINGS, CLOSES, NOW, made_contest, mend  # noqa: E402

from benchmark import load_task  # noqa: E402
from benchmark.home import home  # noqa: E402
from leaderboard.contest import Contest  # noqa: E402
from leaderboard.pages.site import Site  # noqa: E402
from leaderboard.record.accepting import accept  # noqa: E402
from leaderboard.standings.boards import Standings  # noqa: E402
from leaderboard.standings.cross import cross  # noqa: E402
from leaderboard.standings.cross_page import cross_page  # noqa: E402

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

HERE = Path(__file__).parent / "pages"
TALL, GAP = 980, 16
SCALES = {DESKTOP: 0.62, PHONE: 0.74}
RUNNING = {
    "home": "index",
    "track": "track/classification",
    "task": "task/product_type",
    "team": "team/team-3",
    "compare": "compare/team-29--team-3",
    "again": "again",
    "rules": "rules",
}
FINAL = {"report": "report"}
SOLUTION = """from baselines import {} as chosen

def supports(task):
    return chosen.supports(task)

def build(task):
    return chosen.build(task)
"""
CODE = {
    "team-16": "gradient_boosting",
    "team-17": "neighbours",
    "team-25": "blend",
    "team-27": "tfidf_linear",
    "team-58": "splink",
}


def main() -> None:
    HERE.mkdir(exist_ok=True)
    for name in CEILINGS:
        load_task(name)
    tasks = home()
    with TemporaryDirectory() as folder, chromium() as browser:
        contest = made_contest(Path(folder) / "c", submissions=300, tasks_home=tasks)
        page = Path(folder) / "cross.html"
        page.write_bytes(crossed(contest))
        keep(sheet(browser, page.as_uri()), "cross")
    for pages, now in ((RUNNING, NOW), (FINAL, CLOSES)):
        with TemporaryDirectory() as folder, chromium() as browser:
            final = pages is FINAL
            contest = made_contest(Path(folder) / "c", submissions=700, tasks_home=tasks, final=final)
            if not final:
                mend(contest, "tax_category", "A region's law had been read wrongly: 61 labels.")
            with served(contest, now, Path(folder) / "site") as url:
                for name, path in pages.items():
                    keep(sheet(browser, f"{url}/{path}.html"), name)


def keep(sheet: Image.Image, name: str) -> None:
    sheet.save(HERE / f"{name}.jpg", quality=58, optimize=True)


def crossed(made: Contest) -> bytes:
    """The page of the code of five teams, run on all tasks."""
    with (made.folder / "competition.toml").open("a", encoding="utf-8") as config:
        config.write('[code]\nallowed = true\nseconds = "60s"\ncores = 1\n')
    contest = Contest(made.folder)
    for team, baseline in CODE.items():
        archive = io.BytesIO()
        with ZipFile(archive, "w") as opened:
            opened.writestr("solution.py", SOLUTION.format(baseline))
        digest = contest.submissions.put([archive.getvalue()])
        accept(contest, team, {"code": digest}, form="code", now=NOW)
    return cross_page(cross(contest))


@contextmanager
def served(contest: Contest, now: datetime, folder: Path) -> Iterator[str]:
    """The address of the pages as they are at a time."""
    for path, content in Site(contest, Standings(contest), published=True, clock=lambda: now).pages():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def sheet(browser: Chrome, url: str) -> Image.Image:
    """A page four times, side by side."""
    shots = [shot(browser, url, width, theme) for width in (DESKTOP, PHONE) for theme in ("light", "dark")]
    tall = max(one.height for one in shots)
    made = Image.new("RGB", (sum(one.width + GAP for one in shots) + GAP, tall + 2 * GAP), "#8b8f98")
    left = GAP
    for one in shots:
        made.paste(one, (left, GAP))
        left += one.width + GAP
    return made


def shot(browser: Chrome, url: str, width: int, theme: str) -> Image.Image:
    look(browser, width, theme)
    browser.get(url)
    scale = SCALES[width]
    whole = int(browser.execute_script("return document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": width, "height": min(whole, round(TALL / scale)), "scale": 1}
    answer = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    image = Image.open(io.BytesIO(b64decode(answer["data"]))).convert("RGB")
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()

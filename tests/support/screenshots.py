"""Pictures of every page from seeded data and a fixed clock: `python -m tests.support.screenshots --out DIR`."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from tests.support.pages import CHROMIUM, FLAGS, served

WIDTHS = {1440: 1000, 1280: 900, 390: 844}
# What a page shows last, by the beginning of its address.
SHOWN = {
    "policy": "panel-sentences",
    "alerts?alert": "panel-alert",
    "alerts": "panel-keeping",
    "snapshots": "panel-editions",
    "breaches?finding": "panel-evidence",
    "breaches?clause": "list-empty",
    "breaches": "list",
    "obligations": "panel-clocks",
    "pipeline": "panel-room",
    "register": "panel-register",
    "subject": "headline",
    "transfers": "panel-grounds",
    "newsletter": "panel-left",
    "recruitment": "panel-sensitive",
    "website": "panel-parties",
}
PAGES = ("breaches", "obligations", "pipeline", "register", "subject", "transfers")
SYSTEMS = ("newsletter", "recruitment", "website")  # these look back thirteen weeks
PAST = "as_of=2026-11-26T09:45:00Z&known_at=2026-11-26T12:45:00Z"
ZONE, LOCALE = "Europe/Amsterdam", "en-GB"


def take(browser: Any, address: str, theme: str, width: int, path: Path, query: str = "", wait: str = "") -> list[str]:
    """One picture of the whole page; returns what the browser's console complained of."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=theme,
        timezone_id=ZONE,
        locale=LOCALE,
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if _elsewhere(request.url, address) else None)
    page.goto(address + "/" + query, wait_until="load")
    page.get_by_test_id(wait or "panel-latest").wait_for(state="visible", timeout=30_000)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(1500)
    height = page.evaluate(
        "Math.ceil(document.querySelector('[data-testid=stMainBlockContainer]').getBoundingClientRect().height)"
    )
    page.set_viewport_size({"width": width, "height": max(WIDTHS[width] if not wait else 640, height + 16)})
    page.wait_for_timeout(700)
    page.screenshot(path=str(path))
    context.close()
    return said


def _elsewhere(url: str, address: str) -> bool:
    return url.startswith(("http:", "https:")) and not url.startswith(address)


def main() -> None:
    """Every page and state, both themes, desktop and telephone."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="part of a picture's name")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    executable = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    states = {
        "fresh": "",
        "season": "",
        "empty": "state-empty",
        "hangs": "banner-hangs",
        "nothing": "state-nothing",
        "panel": "panel-failed",
        "missed": "panel-canaries",
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for state, wait in states.items():
            jobs = [(f"now-{theme}-{width}", theme, width, "") for theme in ("light", "dark") for width in WIDTHS]
            jobs += [
                *(
                    (f"{name}-{theme}-{width}", theme, width, query)
                    for name, query in (("breach", "FINDING"), *((each, each) for each in PAGES))
                    for theme in ("light", "dark")
                    for width in WIDTHS
                ),
                ("breaches-none-light-1440", "light", 1440, "breaches?clause=REC-4"),
                ("breach-nl-light-1440", "light", 1440, "FINDING"),
                ("now-nl-light-1440", "light", 1440, "?lang=nl"),
            ]
            jobs += [
                (f"policy-{theme}-{width}", theme, width, "policy") for theme in ("light", "dark") for width in WIDTHS
            ]
            jobs += [
                (f"{name}-{theme}-{width}", theme, width, query)
                for name, query in (("alert", "ALERT"), ("alerts", "alerts"), ("snapshots", "snapshots"))
                for theme in ("light", "dark")
                for width in WIDTHS
            ]
            jobs += [
                (f"{name}-past-{theme}-{width}", theme, width, f"{name.removeprefix('now')}?{PAST}")
                for name in ("now", "breaches", "pipeline")
                for theme in ("light", "dark")
                for width in WIDTHS
            ]
            jobs += [("policy-clause-light-1440", "light", 1440, "policy?clause=NEWS-3")]
            if state == "season":
                jobs = [
                    (f"{name}-{theme}-{width}", theme, width, name)
                    for name in SYSTEMS
                    for theme in ("light", "dark")
                    for width in WIDTHS
                ] + [(f"{name}-nl-light-1440", "light", 1440, f"{name}?lang=nl") for name in SYSTEMS]
            elif state != "fresh":
                jobs = [(f"now-{state}-{theme}-1440", theme, 1440, "") for theme in ("light", "dark")]
            if state == "missed":
                jobs = [("pipeline-missed-light-1440", "light", 1440, "pipeline")]
            jobs = [job for job in jobs if given.only in job[0]]
            if not jobs:
                continue
            with served(state) as address:
                for name, theme, width, query in jobs:
                    if query == "FINDING":
                        query = f"breaches?finding={_latest(browser, address)}" + ("&lang=nl" * ("-nl-" in name))
                    if query == "ALERT":
                        first = _latest(browser, address + "/alerts", 'tr[data-testid^="alert-"]')
                        query = f"alerts?alert={first}"
                    shown = wait or next((each for start, each in SHOWN.items() if query.startswith(start)), "")
                    said = take(browser, address, theme, width, given.out / f"{name}.png", query, shown)
                    print(name, *said, sep="\n  ")
        browser.close()


def _latest(browser: Any, address: str, rows: str = "tr[data-event]") -> str:
    page = browser.new_page()
    page.goto(address)
    row = page.locator(rows).first
    row.wait_for(state="visible", timeout=30_000)
    found = str(row.get_attribute("data-testid")).removeprefix("finding-").removeprefix("alert-")
    page.close()
    return found


if __name__ == "__main__":
    main()

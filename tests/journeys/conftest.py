"""Real Chromium against a real server. Skipped with a clear message where Chromium is missing; CI installs it."""

import os
import re
import shutil
from datetime import datetime

import pytest
import time_machine
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin
from playwright.sync_api import Page, expect

from council.working_time import LONDON
from tests.factories import build_world

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MONDAY_MORNING = datetime(2024, 1, 8, 10, 0, tzinfo=LONDON)


def pytest_collection_modifyitems(items):
    for item in items:
        if "journeys" in str(item.path) and not CHROMIUM:
            if os.environ.get("CI") == "true":
                raise pytest.UsageError("Chromium is missing in CI: .ci/run installs it.")
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    return {"executable_path": CHROMIUM, "args": quiet.split()}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}


@pytest.fixture(scope="session", autouse=True)
def static_files_are_fetched_once():
    """The tests' clock is years behind the browser's, to which every cached file would look stale."""
    serve = StaticFilesHandlerMixin.serve

    def serve_for_good(handler, request):
        response = serve(handler, request)
        response.headers["Cache-Control"] = "max-age=315360000, immutable"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandlerMixin, "serve", serve_for_good)
        yield


@pytest.fixture
def clock():
    """The site's clock: Monday 8 January 2024, 10:00, ticking. `clock.move_to(moment)` jumps."""
    with time_machine.travel(MONDAY_MORNING, tick=True) as traveller:
        yield traveller


@pytest.fixture
def world(transactional_db, clock):
    return build_world()


class Site:
    """The site as one person sees it in the browser."""

    def __init__(self, page: Page, url: str):
        self.page, self.url = page, url
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "response",
            lambda response: (
                self.complaints.append(f"{response.status} {response.url}") if response.status >= 500 else None
            ),
        )

    def sign_in(self, user) -> None:
        """A session as signing in makes it; the sign-in page has a journey of its own."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "council.permissions.RoleBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self.page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": self.url}]
        )

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.page.wait_for_selector("html[data-ready]")

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)

    def sees(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def press(self, text: str) -> None:
        self.page.get_by_role("button", name=text, exact=True).first.click()
        self.page.wait_for_selector("html[data-ready]")

    def follow(self, text: str) -> None:
        self.page.locator("main a, .govuk-back-link", has_text=text).first.click()  # a link may look like a button
        self.page.wait_for_selector("html[data-ready]")

    def choose(self, legend: str, choice: str) -> None:
        self.page.get_by_role("group", name=legend).get_by_label(choice, exact=True).check()

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def date(self, legend: str, day: str) -> None:
        group = self.page.get_by_role("group", name=legend)
        for part, text in zip(("Day", "Month", "Year"), day.split(), strict=True):
            group.get_by_label(part, exact=True).fill(text)

    def errors(self) -> list[str]:
        return self.page.locator(".govuk-error-summary__list li").all_text_contents()

    def check(self) -> None:
        """No console errors (a broken Content Security Policy is one), nothing for axe, nothing wider than the screen."""
        assert self.complaints == []
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        violations = self.page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
        problems = []
        for violation in violations:
            # GOV.UK Frontend itself puts aria-expanded on a radio that reveals a field.
            nodes = [
                n
                for n in violation["nodes"]
                if not ('type="radio"' in n["html"] and violation["id"] == "aria-allowed-attr")
            ]
            if nodes:
                problems.append((violation["id"], [re.sub(r"\s+", " ", node["html"])[:160] for node in nodes[:3]]))
        assert problems == [], self.page.url
        assert not self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), (
            self.page.url
        )

    def check_at_every_width(self) -> None:
        """As wide as a screen, as a screen at 200% zoom and as a phone."""
        for width in (1280, 640, 360):
            self.page.set_viewport_size({"width": width, "height": 800})
            self.check()


@pytest.fixture
def site(page, live_server, world) -> Site:
    page.set_default_timeout(15_000)
    return Site(page, live_server.url)

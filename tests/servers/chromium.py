"""The system's real Chromium, driven by Playwright: no browser is ever downloaded."""

from playwright.sync_api import Browser, Playwright, ViewportSize

from tests.servers.process import find_program

# Quiet and repeatable: no sandbox (the tests may run as root in a container), no graphics card, and
# none of the connections to the outside that Chromium makes by itself.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=900)


def launch(playwright: Playwright) -> Browser:
    """A headless browser with an empty profile."""
    program = find_program("chromium", "chromium-browser", "google-chrome", package="chromium")
    return playwright.chromium.launch(executable_path=program, args=list(FLAGS))

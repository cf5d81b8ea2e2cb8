"""Chromium as the tests and the benchmark drive it."""

from playwright.sync_api import Browser, Page, Playwright

from browser.find_browser import BY_HAND, find

NEEDLESS = (
    # As playwright has it, whose list this one replaces.
    "AimEnabled", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    # The list under the address bar: a page of its own for each window, which nobody sees and every test would load.
    "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxPopup",
)  # fmt: skip
"""Features of Chromium that are off."""
ARGS = (
    f"--disable-features={','.join(NEEDLESS)}",
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    # Nothing but this machine exists: what needs the internet fails here as it would on an internal server.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
LAPTOP = {"width": 1440, "height": 900}


def launched(playwright: Playwright) -> Browser:
    executable = find()
    if executable is None:
        raise FileNotFoundError(BY_HAND)
    return playwright.chromium.launch(executable_path=executable, args=list(ARGS))


def settled(page: Page, timeout: float = 30_000) -> None:
    """Wait until nothing is pending on the page, every figure is drawn and every mark known; `timeout` in milliseconds."""
    page.wait_for_function("() => Boolean(window.reprise && window.reprise.complete())", timeout=timeout)

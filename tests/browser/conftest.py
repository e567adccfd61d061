"""The browser of this folder's tests; only here, so that no other test needs Playwright."""

from tests.support.browser import chromium as chromium

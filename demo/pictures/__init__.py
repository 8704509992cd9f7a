"""The pictures of the README, in docs/pictures/: what a stranger sees of this system before running it.

The architecture is drawn as SVG from the templates.  The status page and the chat message are photographed by Chromium
from the HTML that this package makes; each PNG carries the digest of that HTML, so that a test without a browser says
which one is stale.
"""

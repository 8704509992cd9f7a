"""What the page's distribution adds to every answer; imported by the stack, which makes no other use of this folder.

The page has one style sheet and one icon, both beside it, and nothing else: no script, no frame, no third party.
"""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
STRICT_TRANSPORT_SECURITY_SECONDS = 63_072_000  # two years, as the HSTS preload list asks for at least one
REFERRER_POLICY = "no-referrer"

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Strict-Transport-Security": f"max-age={STRICT_TRANSPORT_SECURITY_SECONDS}; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

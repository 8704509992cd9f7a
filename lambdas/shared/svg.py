"""Parts of graphs as paths of SVG."""


def bar(x: float, width: float, height: float, bottom: float) -> str:
    """A rectangle that stands on the line at `bottom`."""
    return f"M{x:g} {bottom - height:g}h{width:g}v{height:g}h{-width:g}z"

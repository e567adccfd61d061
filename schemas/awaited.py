"""What a node reads of its hub's word on its own figures that others than the network do not see yet."""

import msgspec


class AwaitedFigures(msgspec.Struct, frozen=True):
    """Own figures that others see from a moment (UTC, `2026-12-06T12:00:00Z`) on, or as soon as all replied."""

    indicator: str
    period: str
    visible_from: str

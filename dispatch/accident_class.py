"""How grave an accident is by law: the worst of its deaths, serious injuries and loss decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Thresholds(Protocol):
    """A legal class of accident; it is reached when any count is at least its threshold."""

    @property
    def deaths(self) -> int:
        """Deaths from which the class holds."""

    @property
    def injuries(self) -> int:
        """Serious injuries from which the class holds."""

    @property
    def loss_cny(self) -> float:
        """Direct loss in CNY from which the class holds."""


def accident_class(classes: Sequence[Thresholds], deaths: int, injuries: int, loss_cny: float) -> int | None:
    """Tell the class an accident has reached, as its position among the classes; None below the lowest.

    Decree 493 (2007-06-01) Art. 3: a class is reached by any one of the three criteria, and a number named as
    "以上" is included.

    Parameters
    ----------
    classes
        From the lowest to the highest.
    deaths, injuries, loss_cny
        What is known of the accident.
    """
    reached = None
    for number, limit in enumerate(classes):
        if deaths >= limit.deaths or injuries >= limit.injuries or loss_cny >= limit.loss_cny:
            reached = number
    return reached

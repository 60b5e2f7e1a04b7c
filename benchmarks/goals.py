"""What each measured figure must reach, and what it is meant to reach."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One figure. `at_most` figures are good when they are small."""

    name: str
    must: float
    goal: float
    at_most: bool = False

    def verdict(self, measured: float) -> str:
        """Return how the figure stands."""
        if self._reaches(measured, self.goal):
            return "goal"
        return "must" if self._reaches(measured, self.must) else "NOT MET"

    def _reaches(self, measured: float, wanted: float) -> bool:
        return measured <= wanted if self.at_most else measured >= wanted


GOALS = (
    Goal(name="claim check / bare create", must=0.8, goal=1.2),
    Goal(name="create a draft / bare create", must=0.6, goal=1.0),
    Goal(name="submit, free / bare create", must=0.2, goal=0.35),
    Goal(name="list of 25 / bare list", must=1.2, goal=2),
    Goal(name="queue faster than the default changelist, times", must=3, goal=4),
    Goal(name="search faster than the default changelist's, times", must=10, goal=15),
    Goal(name="slowest list against the smallest size, times", must=1.5, goal=1.15, at_most=True),
    Goal(name="statements: check", must=3, goal=2, at_most=True),
    Goal(name="statements: create", must=8, goal=6, at_most=True),
    Goal(name="statements: submit", must=25, goal=15, at_most=True),
    Goal(name="statements: list", must=3, goal=2, at_most=True),
    Goal(name="statements: retrieve", must=4, goal=2, at_most=True),
    Goal(name="statements: dashboard", must=5, goal=3, at_most=True),
    Goal(name="statements: claim page", must=8, goal=5, at_most=True),
    Goal(name="statements: queue", must=8, goal=5, at_most=True),
    Goal(name="statements: case page", must=10, goal=7, at_most=True),
    Goal(name="sweep, due clocks / set-based SQL", must=0.05, goal=0.2),
)
BY_NAME = {goal.name: goal for goal in GOALS}

"""What a drill finds: the load that was held, what was survived, and what was lost."""

from dataclasses import dataclass, field

QUANTILE = 0.99


@dataclass
class Figure:
    """One line of a drill. Anything in `lost` makes the drill fail."""

    name: str
    held: int = 0
    """Requests that were answered as they should be."""
    faults: int = 0
    """Faults that the service survived: killed processes, lost connections, a full disk."""
    bad_inputs: int = 0
    lost: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """How long a good client waited for each answer."""
    notes: dict[str, object] = field(default_factory=dict)
    _slowest: dict[str, float] = field(default_factory=dict)

    def lose(self, what: str) -> None:
        """Write down a loss; the first twenty are enough to find the cause."""
        if len(self.lost) < 20:
            self.lost.append(what)

    def expect(self, held: object, otherwise: str) -> None:
        if not held:
            self.lose(otherwise)

    def slowest(self, what: str, seconds: float) -> None:
        """Note the longest time of a kind."""
        self._slowest[what] = max(seconds, self._slowest.get(what, 0.0))
        self.notes[what] = f"{self._slowest[what]:.1f} s"

    def quantile(self, part: float = QUANTILE) -> float:
        """The seconds within which so many of the good client's requests were answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0

    def __str__(self) -> str:
        parts = [f"held {self.held:,}", f"faults {self.faults}", f"bad inputs {self.bad_inputs:,}"]
        if self.seconds:
            parts.append(f"good client p50 {1000 * self.quantile(0.5):.0f} ms, p99 {1000 * self.quantile():.0f} ms")
        parts += [f"{name} {value}" for name, value in self.notes.items()]
        return f"{self.name:<14} {'LOST' if self.lost else 'ok  '}  {' · '.join(parts)} · lost {len(self.lost)}"

"""What the owner should hear about the marks on a page, gathered while they are taken out and put back."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Contradiction:
    """The owner's own words for a claim were written under another verdict than the present one."""

    claim: str
    was: str
    now: str
    text: str


@dataclass
class Notes:
    offered: list[str] = field(default_factory=list)  # fresh sentences not taken because his stand in their place
    contradictions: list[Contradiction] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)  # names in his sentences that nothing measures or claims any more
    typed_over: list[str] = field(default_factory=list)  # numbers he typed over measured ones, set back
    advice: list[str] = field(default_factory=list)  # marks that are gone, doubled or mended

    def told(self) -> Iterator[str]:
        """As sentences."""
        for sentence in self.offered:
            yield f"your wording stays; the build offers: {' '.join(sentence.split())}"
        for found in self.contradictions:
            yield f"'{found.claim}' was '{found.was}' and now is '{found.now}', but your words for it say: {found.text}"
        for name in dict.fromkeys(self.orphans):
            yield f"nothing measures '{name}' any more"
        for words in self.typed_over:
            yield f"a number typed over a measured one was set back: {words}"
        yield from self.advice

"""What the owner should hear about the marks on a page, gathered while they are taken out and put back."""

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
    contradictions: list[Contradiction] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)  # names that nothing measures or claims any more
    typed_over: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)

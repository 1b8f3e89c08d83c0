"""What both renderers of a document share: which kind of block goes to which method, and text made of spans."""

from abc import ABC, abstractmethod

from analysis.blocks.document import Block, Command, Excerpt, Figure, Inline, Paragraph, Section, Span, Table, Terms

__all__ = ["Writer"]


class Writer(ABC):
    """Writes blocks; a renderer says how each kind looks. `depth`: sections around the block, from 1."""

    def block(self, block: Block, depth: int) -> str:
        """A block of any kind."""
        match block:
            case Paragraph():
                return self.paragraph(block)
            case Table():
                return self.table(block)
            case Figure():
                return self.figure(block)
            case Excerpt():
                return self.excerpt(block)
            case Command():
                return self.command(block)
            case Terms():
                return self.terms(block)
            case Section():
                return self.section(block, depth)

    def inline(self, content: Inline) -> str:
        """A line of text made of spans."""
        return self.span(content) if isinstance(content, str | Span) else "".join(map(self.span, content))

    @abstractmethod
    def span(self, span: str | Span) -> str: ...

    @abstractmethod
    def paragraph(self, paragraph: Paragraph) -> str: ...

    @abstractmethod
    def table(self, table: Table) -> str: ...

    @abstractmethod
    def figure(self, figure: Figure) -> str: ...

    @abstractmethod
    def excerpt(self, excerpt: Excerpt) -> str: ...

    @abstractmethod
    def command(self, command: Command) -> str: ...

    @abstractmethod
    def terms(self, terms: Terms) -> str: ...

    @abstractmethod
    def section(self, section: Section, depth: int) -> str: ...

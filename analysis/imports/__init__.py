"""Published transcripts as runs of this arena: `import_transcripts([Path("transcripts")], Path("runs"))`.

What is mapped to what, and what is not carried over: docs/imports.md.
"""

from analysis.imports.agreement import Agreement, agreement
from analysis.imports.importing import Imported, import_transcripts

__all__ = ["Agreement", "Imported", "agreement", "import_transcripts"]

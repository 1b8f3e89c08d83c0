"""A process that builds parts of the tables: it is told all batches on standard input, and says when each is done."""

import os
import sys

from pydantic import ValidationError

from analysis.tables.build import WorkerOrder, build_batch

__all__: list[str] = []


def _main() -> None:
    try:
        order = WorkerOrder.model_validate_json(sys.stdin.buffer.read())
        for batch in order.batches:
            print(build_batch(batch, order.reference, order.folder).model_dump_json(), flush=True)
    except (BrokenPipeError, ValidationError):  # its parent was killed: nobody listens, or the order was cut off
        os._exit(1)  # without a word: Python would try to write once more


if __name__ == "__main__":
    _main()

"""A process that builds parts of the tables: it is told all batches on standard input, and says when each is done."""

import signal
import sys

from analysis.tables.work import Order, build_batch

__all__: list[str] = []


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is its parent's to hear, which then ends it
    order = Order.model_validate_json(sys.stdin.buffer.read())
    for batch in order.batches:
        print(build_batch(batch, order.reference, order.folder).model_dump_json(), flush=True)


if __name__ == "__main__":
    _main()

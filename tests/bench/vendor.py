"""The embedded vendor in a process of its own, so that its work is not counted as the console's.

    python -m tests.bench.vendor STATE_FILE [SHORTEST LONGEST [still]]

The two numbers are the handling times of new orders, in seconds; `still` has prices and stock stay.
"""

import asyncio
import sys
from pathlib import Path

from services.sandbox import serve


def main() -> None:
    """Serve until killed; the base URL is the first line of the output."""
    state, *more = sys.argv[1:]
    shortest, longest = (float(text) for text in more[:2] or ("1", "10"))
    asyncio.run(
        serve(
            announce=lambda url: print(url, flush=True),
            state_path=Path(state),
            handling_seconds=(shortest, longest),
            moving="still" not in more,
        )
    )


if __name__ == "__main__":
    main()

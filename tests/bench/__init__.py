"""What the console and the commands cost, measured from outside; `python -m tests.bench.run`."""

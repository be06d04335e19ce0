"""What the console and the commands cost, measured from outside; `python -m bench.run`."""

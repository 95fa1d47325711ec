"""The simulator's streams: exact at the published year ends, disorderly on the way there."""

"""The registry's rules, pure: standard library only, no input or output, no clock, no randomness.

Start with `timeline.timeline`: a household's events and the policy in, its spells, episodes and
transitions out. Same set of events, same answer, whatever order they came in.
"""

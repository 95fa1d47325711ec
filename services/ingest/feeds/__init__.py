"""Feeds as a door: RSS and Atom of allowed hosts, polled politely, recorded as articles.

A feed is somebody else's server, so it may be slow, broken or hostile: every request has limits of
size and time, addresses inside our networks are never asked, and documents are parsed in a process
of their own that can be killed. One failing feed never stops another.
"""

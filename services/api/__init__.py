"""The read side: answers about households, areas, movements, policy, articles and money.

`app.routers()` are its paths. Every route authorises its caller, reads its declared parameters,
asks the store once, and answers; none writes.
"""

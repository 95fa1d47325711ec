"""The read side: answers about households, areas, movements, policy and articles; writes nothing.

`app.routers()` are its paths. Every route authorises its caller, reads its declared parameters,
asks the store once, and answers.
"""

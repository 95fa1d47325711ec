"""What both HTTP services share: problems, parameters, answers, callers, and the documents.

Nothing here knows a route. A route reads its parameters with one declaration that is also its
documentation (`parameters`, `openapi.operation`), and answers with `answers.answer`.
"""

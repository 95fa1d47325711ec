"""Requests made up from the OpenAPI document, by schemathesis."""

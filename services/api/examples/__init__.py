"""One example answer per operation, shown in the OpenAPI document."""
